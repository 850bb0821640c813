#include "obol/internal/parse_value.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace obol::internal {

namespace {

// Longer values are cut in errors.
constexpr std::size_t max_shown = 60;

struct unit {
  std::string_view name;
  std::int64_t size;
};

// Largest first.
constexpr unit duration_units[] = {
  {"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1},
};

constexpr unit byte_units[] = {{"MiB", 1024 * 1024}, {"KiB", 1024}};

int digit_of(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

bool starts_with_digit(std::string_view text) {
  return !text.empty() && text[0] >= '0' && text[0] <= '9';
}

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (!starts_with_digit(text))
    return std::nullopt;
  double number = 0;
  auto end = text.data() + text.size();
  auto [rest, failed]
    = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (failed != std::errc{})
    return std::nullopt;
  std::string_view name{rest, static_cast<std::size_t>(end - rest)};
  if (name.empty())
    name = "s";
  for (const auto& x : duration_units) {
    if (x.name != name)
      continue;
    auto value = number * static_cast<double>(x.size);
    if (value > static_cast<double>(max_duration.count()))
      return std::nullopt;
    return std::chrono::milliseconds{std::llround(value)};
  }
  return std::nullopt;
}

std::string format_duration(std::chrono::milliseconds value) {
  auto count = value.count();
  if (count == 0)
    return "0";
  for (const auto& x : duration_units)
    if (count % x.size == 0)
      return std::to_string(count / x.size) + std::string{x.name};
  return std::to_string(count) + "ms";
}

std::optional<std::size_t> parse_count(std::string_view text) {
  std::size_t value = 0;
  auto end = text.data() + text.size();
  auto [rest, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc{} || rest != end)
    return std::nullopt;
  return value;
}

std::optional<std::size_t> parse_bytes(std::string_view text) {
  for (const auto& x : byte_units) {
    if (!text.ends_with(x.name))
      continue;
    auto factor = static_cast<std::size_t>(x.size);
    auto count = parse_count(text.substr(0, text.size() - x.name.size()));
    if (!count || *count > SIZE_MAX / factor)
      return std::nullopt;
    return *count * factor;
  }
  return parse_count(text);
}

std::string format_bytes(std::size_t value) {
  for (const auto& x : byte_units) {
    auto factor = static_cast<std::size_t>(x.size);
    if (value > 0 && value % factor == 0)
      return std::to_string(value / factor) + std::string{x.name};
  }
  return std::to_string(value);
}

std::optional<std::string> parse_hex(std::string_view text) {
  if (text.size() % 2 != 0)
    return std::nullopt;
  std::string result;
  result.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    auto high = digit_of(text[i]);
    auto low = digit_of(text[i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    result.push_back(static_cast<char>(high * 16 + low));
  }
  return result;
}

std::string shown(std::string_view value) {
  std::string result{value.substr(0, max_shown)};
  for (auto& c : result)
    if (c < ' ' || c > '~')
      c = '?';
  if (value.size() > max_shown)
    result += "...";
  return result;
}

} // namespace obol::internal
