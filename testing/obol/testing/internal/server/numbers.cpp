#include "obol/testing/internal/server/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <system_error>

namespace obol::testing::internal {

namespace {

/// Scores and Lua numbers up to this are written as integers.
constexpr double max_integral
  = static_cast<double>(std::numeric_limits<std::int64_t>::max() / 2);

bool is_integral(double value) {
  return std::abs(value) < max_integral && value == std::trunc(value);
}

} // namespace

bool parse_integer(std::string_view text, std::int64_t& out) {
  auto digits = text.substr(text.starts_with('-') ? 1 : 0);
  auto has_sign = digits.size() != text.size();
  if (digits.empty() || (digits[0] == '0' && (digits.size() > 1 || has_sign)))
    return false;
  auto end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, out);
  return parsed.ec == std::errc{} && parsed.ptr == end;
}

bool parse_double(std::string_view text, double& out) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-')
    text.remove_prefix(1);
  auto end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, out);
  return parsed.ec == std::errc{} && parsed.ptr == end && !std::isnan(out);
}

number_text::number_text(std::int64_t value) {
  auto end
    = std::to_chars(text_.data(), text_.data() + text_.size(), value).ptr;
  size_ = static_cast<std::size_t>(end - text_.data());
}

number_text::number_text(double value, server_kind kind) {
  if (std::isinf(value))
    append(value > 0 ? "inf" : "-inf");
  else if (kind == server_kind::redis_7)
    print_long(value);
  else
    print_short(value);
}

number_text number_text::of_lua(double value, server_kind kind) {
  if (kind != server_kind::redis_7 && is_integral(value))
    return number_text{static_cast<std::int64_t>(value)};
  if (!std::isfinite(value) || kind == server_kind::redis_7) {
    number_text result;
    result.print_long(value);
    return result;
  }
  return number_text{value, kind};
}

void number_text::print_long(double value) {
  // Short integers are written plainly and are common.
  constexpr double max_plain = 1e17;
  if (is_integral(value) && std::abs(value) < max_plain
      && !std::signbit(value)) {
    *this = number_text{static_cast<std::int64_t>(value)};
    return;
  }
  auto size = std::snprintf(text_.data(), text_.size(), "%.17g", value);
  size_ = static_cast<std::size_t>(size);
}

/// As few digits as tell the number from every other; plain if that is short,
/// else with an exponent (the rules of fpconv, which these servers use).
void number_text::print_short(double value) {
  if (value < 0) {
    append("-");
    value = -value;
  }
  if (value == 0)
    return append("0");
  std::array<char, 32> scratch;
  auto end = std::to_chars(scratch.data(), scratch.data() + scratch.size(),
                           value, std::chars_format::scientific)
               .ptr;
  auto mark = std::find(scratch.data(), end, 'e');
  std::array<char, 20> digits;
  auto last = std::remove_copy(scratch.data(), mark, digits.data(), '.');
  auto count = static_cast<int>(last - digits.data());
  int exponent = 0;
  std::from_chars(mark[1] == '+' ? mark + 2 : mark + 1, end, exponent);
  // The number is its digits as an integer, times ten to this.
  auto shift = exponent - (count - 1);
  auto magnitude = std::abs(exponent);
  std::string_view all{digits.data(), static_cast<std::size_t>(count)};
  constexpr std::string_view zeros = "0000000000000000";
  if (shift >= 0 && magnitude < count + 7) {
    append(all);
    append(zeros.substr(0, static_cast<std::size_t>(shift)));
  } else if (shift < 0 && (shift > -7 || magnitude < 4)) {
    auto before = count + shift;
    if (before <= 0) {
      append("0.");
      append(zeros.substr(0, static_cast<std::size_t>(-before)));
      append(all);
    } else {
      append(all.substr(0, static_cast<std::size_t>(before)));
      append(".");
      append(all.substr(static_cast<std::size_t>(before)));
    }
  } else {
    append(all.substr(0, 1));
    if (count > 1) {
      append(".");
      append(all.substr(1));
    }
    append(exponent < 0 ? "e-" : "e+");
    append(number_text{static_cast<std::int64_t>(magnitude)}.view());
  }
}

void number_text::append(std::string_view text) {
  auto room = text_.size() - size_;
  text = text.substr(0, room);
  std::copy(text.begin(), text.end(), text_.data() + size_);
  size_ += text.size();
}

} // namespace obol::testing::internal
