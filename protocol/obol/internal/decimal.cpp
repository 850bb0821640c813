#include "obol/internal/decimal.hpp"

#include <algorithm>
#include <cstdint>

namespace obol::internal {

std::string decimal_of(bool negative, std::string_view magnitude) {
  std::string rest{magnitude};
  std::string digits;
  auto trim = [&rest] {
    while (!rest.empty() && rest.back() == '\0')
      rest.pop_back();
  };
  for (trim(); !rest.empty(); trim()) {
    unsigned remainder = 0;
    for (auto i = rest.rbegin(); i != rest.rend(); ++i) {
      auto value = remainder * 256 + static_cast<std::uint8_t>(*i);
      *i = static_cast<char>(value / 10);
      remainder = value % 10;
    }
    digits += static_cast<char>('0' + remainder);
  }
  if (digits.empty())
    return "0";
  if (negative)
    digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::optional<parsed_decimal> parse_decimal(std::string_view text) {
  parsed_decimal result;
  if (!text.empty() && text.front() == '-') {
    result.negative = true;
    text.remove_prefix(1);
  }
  if (text.empty())
    return std::nullopt;
  auto& bytes = result.magnitude;
  for (auto c : text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    auto carry = static_cast<unsigned>(c - '0');
    for (auto& byte : bytes) {
      carry += static_cast<std::uint8_t>(byte) * 10u;
      byte = static_cast<char>(carry & 0xFF);
      carry >>= 8;
    }
    if (carry != 0)
      bytes += static_cast<char>(carry);
    if (bytes.size() > max_decimal_bytes)
      return std::nullopt;
  }
  return result;
}

} // namespace obol::internal
