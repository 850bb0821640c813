#pragma once

#include "obol/formats.hpp"
#include "obol/key_ring.hpp"

#include <caf/expected.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace obol {

/// Why stored bytes are not taken for ours.
enum class signature_fault {
  /// Begins like one of the forms, but ends before the payload.
  too_short,
  /// Begins like none of the forms.
  unknown_format,
  /// Names a key that is not in the ring.
  unknown_key,
  /// No key that may verify it made the signature.
  bad_signature,
};

/// The payload, as a view into the stored bytes, or why there is none.
using verification = std::variant<std::string_view, signature_fault>;

/// Stored bytes, which must stay as they are, and their payload once the
/// signature was found right.
class signed_bytes {
public:
  signed_bytes() = default;

  template <std::convertible_to<std::string_view> Text>
  signed_bytes(const Text& bytes) : bytes_(bytes) {
  }

  std::string_view bytes() const {
    return bytes_;
  }

private:
  friend class signer;

  std::string_view bytes_;
  std::optional<std::string_view> payload_;
};

/// Puts payloads under a signature and takes it off. The forms:
///
/// - `signed.` + 32 bytes + `.` + payload: HMAC-SHA256 of the payload, as
///   Charon's `sign_hmac`.
/// - `signed_u64.` + 43 characters + `.` + payload: the same in base64 for
///   URLs, as Charon's `sign_encoded_hmac`; read only. The last two bits of
///   the last character mean nothing, as with Charon.
/// - `signed_v2.` + key id + `.` + 32 bytes + `.` + payload: HMAC-SHA256 over
///   `signed_v2`, key id, key prefix, layout version (`3` or `4`) and payload,
///   each behind its length as four bytes, most significant first.
///
/// Signatures are compared in constant time. Keeps what the hash needs of each
/// key ready.
class signer {
public:
  /// `key_prefix` and `kind` are bound by `signed_v2`. Fails with
  /// `invalid_argument` without a ring or a definite layout.
  static caf::expected<signer> make(std::shared_ptr<const key_ring> keys,
                                    std::string_view key_prefix, layout kind);

  signer(signer&&) noexcept;
  signer& operator=(signer&&) noexcept;
  ~signer();

  /// The stored form of a payload of less than 4 GiB, signed by the ring's
  /// first key.
  std::string sign(std::string_view payload, signature_format format);

  /// What the stored form has before the payload, with zeros for the MAC.
  void put_head(std::string& out, signature_format format) const;

  /// Signs side by side, which takes much less time for each than one after
  /// the other.
  /// @pre each is a head of that format, and its payload behind it
  void sign(std::span<std::string* const> all, signature_format format);

  /// Takes any of the forms.
  verification verify(const signed_bytes& stored);

  /// Checks signatures side by side, which takes much less time for each than
  /// one after the other. What would not gain, or is not right, is left to
  /// `verify`.
  void check(std::span<signed_bytes> all);

private:
  class impl;

  explicit signer(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

} // namespace obol
