#pragma once

#include <caf/expected.hpp>

#include <array>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace obol {

/// A secret of 32 bytes that signs sessions. It can be moved but not copied,
/// is wiped when it goes, and cannot be printed.
class signing_key {
public:
  static constexpr std::size_t size = 32;

  using bytes_type = std::array<unsigned char, size>;

  /// Fails with `invalid_argument` unless there are exactly 32 bytes. Wiping
  /// `bytes` is left to their owner.
  static caf::expected<signing_key> from_bytes(std::string_view bytes);

  signing_key(signing_key&& other) noexcept;
  signing_key& operator=(signing_key&& other) noexcept;
  signing_key(const signing_key&) = delete;
  signing_key& operator=(const signing_key&) = delete;
  ~signing_key();

  const bytes_type& bytes() const noexcept {
    return bytes_;
  }

  friend std::ostream& operator<<(std::ostream&, const signing_key&) = delete;
  friend std::string to_string(const signing_key&) = delete;

private:
  friend caf::expected<signing_key>
  derive_signing_key(std::string_view base_secret);

  signing_key() = default;

  bytes_type bytes_{};
};

/// How long a base secret may be.
inline constexpr std::size_t max_base_secret_bytes = 64 * 1024;

/// Charon's default key: PBKDF2 with HMAC-SHA256 of the base secret, salt
/// `RedisStore HMAC`, 250,000 iterations, 32 bytes. Takes about a tenth of a
/// second: call it once. Fails with `invalid_argument` for a secret that is
/// too long, and with `misconfigured` if the crypto library has no PBKDF2.
caf::expected<signing_key> derive_signing_key(std::string_view base_secret);

} // namespace obol
