#include "obol/signing_key.hpp"

#include "obol/internal/errors.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstring>

namespace obol {

namespace {

constexpr std::string_view salt = "RedisStore HMAC";

constexpr int iterations = 250'000;

} // namespace

caf::expected<signing_key> signing_key::from_bytes(std::string_view bytes) {
  if (bytes.size() != size)
    return internal::invalid_argument("signing key: must have 32 bytes");
  signing_key result;
  std::memcpy(result.bytes_.data(), bytes.data(), size);
  return result;
}

signing_key::signing_key(signing_key&& other) noexcept : bytes_(other.bytes_) {
  OPENSSL_cleanse(other.bytes_.data(), size);
}

signing_key& signing_key::operator=(signing_key&& other) noexcept {
  if (this != &other) {
    bytes_ = other.bytes_;
    OPENSSL_cleanse(other.bytes_.data(), size);
  }
  return *this;
}

signing_key::~signing_key() {
  OPENSSL_cleanse(bytes_.data(), size);
}

caf::expected<signing_key> derive_signing_key(std::string_view base_secret) {
  if (base_secret.size() > max_base_secret_bytes)
    return internal::invalid_argument(
      "base secret: must have at most 65536 bytes");
  signing_key result;
  auto* salt_bytes = reinterpret_cast<const unsigned char*>(salt.data());
  if (PKCS5_PBKDF2_HMAC(base_secret.empty() ? "" : base_secret.data(),
                        static_cast<int>(base_secret.size()), salt_bytes,
                        static_cast<int>(salt.size()), iterations, EVP_sha256(),
                        static_cast<int>(signing_key::size),
                        result.bytes_.data())
      != 1)
    return internal::misconfigured(
      "the crypto library does not offer PBKDF2 with HMAC-SHA256");
  return result;
}

} // namespace obol
