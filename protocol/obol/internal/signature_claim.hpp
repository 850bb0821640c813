#pragma once

#include "obol/internal/keyed_mac.hpp"
#include "obol/signature.hpp"

#include <string_view>
#include <variant>

namespace obol::internal {

/// What the forms of `signer` begin with.
inline constexpr std::string_view charon_head = "signed.";
inline constexpr std::string_view charon_text_head = "signed_u64.";
inline constexpr std::string_view v2_head = "signed_v2.";

/// What stored bytes claim, to be checked. The views go into them.
struct signature_claim {
  bool is_v2 = false;
  /// Of `signed_v2` alone.
  std::string_view key_id;
  mac_bytes mac{};
  std::string_view payload;
};

using parsed_claim = std::variant<signature_claim, signature_fault>;

/// Takes stored bytes apart, in any of the forms.
parsed_claim parse_claim(std::string_view stored);

} // namespace obol::internal
