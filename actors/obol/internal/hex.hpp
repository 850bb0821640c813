#pragma once

#include <cstdint>
#include <string>

namespace obol::internal {

/// 16 hex digits.
inline std::string to_hex(std::uint64_t x) {
  constexpr const char* digits = "0123456789abcdef";
  std::string result(16, '0');
  for (auto i = result.rbegin(); i != result.rend(); ++i, x >>= 4)
    *i = digits[x & 15];
  return result;
}

} // namespace obol::internal
