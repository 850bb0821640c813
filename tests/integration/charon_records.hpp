#pragma once

#include "obol/session.hpp"
#include "obol/signature.hpp"

#include <string>
#include <string_view>

#include "support/golden.hpp"

namespace obol::test {

/// The base secret of the golden flows and most golden sessions.
inline constexpr const char* charon_secret = "supersecret";

/// The key that the golden data lists for a base secret.
std::string golden_key_bytes(std::string_view base_secret);

/// Opens what Charon, or obol in its stead, has stored under a key of the
/// golden data.
class charon_records {
public:
  explicit charon_records(std::string_view base_secret = charon_secret);

  /// The signed record. Throws `std::runtime_error` if it is not authentic.
  std::string payload(std::string_view stored);

  /// The signed session.
  session decoded(std::string_view stored);

  /// The signed record as bytes that are equal where the terms are: how Charon
  /// orders a map depends on the virtual machine.
  std::string canonical(std::string_view stored);

private:
  signer signer_;
};

} // namespace obol::test
