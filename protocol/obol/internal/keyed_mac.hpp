#pragma once

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace obol::internal {

using mac_bytes = std::array<unsigned char, 32>;

/// HMAC-SHA256 with one key, made ready once and reused for every message.
/// Not thread-safe.
class keyed_mac {
public:
  /// Empty if the crypto library has no HMAC-SHA256.
  static std::optional<keyed_mac> make(std::span<const unsigned char> key);

  /// The MAC of the parts one after the other. False if the crypto library
  /// fails.
  bool compute(std::span<const std::string_view> parts, mac_bytes& result);

private:
  struct release {
    void operator()(EVP_MAC_CTX* context) const {
      EVP_MAC_CTX_free(context);
    }
  };

  explicit keyed_mac(EVP_MAC_CTX* context) : context_(context) {
  }

  std::unique_ptr<EVP_MAC_CTX, release> context_;
};

} // namespace obol::internal
