#include "obol/internal/keyed_mac.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>

namespace obol::internal {

std::optional<keyed_mac> keyed_mac::make(std::span<const unsigned char> key) {
  auto* method = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  if (!method)
    return std::nullopt;
  keyed_mac result{EVP_MAC_CTX_new(method)};
  // The context holds its own reference.
  EVP_MAC_free(method);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
    OSSL_PARAM_construct_end(),
  };
  if (!result.context_
      || EVP_MAC_init(result.context_.get(), key.data(), key.size(), parameters)
           != 1)
    return std::nullopt;
  return result;
}

bool keyed_mac::compute(std::span<const std::string_view> parts,
                        mac_bytes& result) {
  auto* context = context_.get();
  // Without a key, init goes back to where the key had just been set.
  if (EVP_MAC_init(context, nullptr, 0, nullptr) != 1)
    return false;
  for (auto part : parts) {
    auto* data = reinterpret_cast<const unsigned char*>(part.data());
    if (!part.empty() && EVP_MAC_update(context, data, part.size()) != 1)
      return false;
  }
  std::size_t size = 0;
  return EVP_MAC_final(context, result.data(), &size, result.size()) == 1
         && size == result.size();
}

} // namespace obol::internal
