#include "bench/flag_values.hpp"

#include "cli/exit_code.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace obol::bench {

namespace {

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t result = 0;
  auto end = text.data() + text.size();
  auto [stop, trouble] = std::from_chars(text.data(), end, result);
  if (trouble != std::errc{} || stop != end)
    return std::nullopt;
  return result;
}

std::string range(std::uint64_t min, std::uint64_t max) {
  return std::to_string(min) + " to " + std::to_string(max);
}

/// Without the zeros that std::to_string adds.
std::string short_text(double x) {
  auto result = std::to_string(x);
  result.erase(result.find_last_not_of('0') + 1);
  if (result.ends_with('.'))
    result.pop_back();
  return result;
}

} // namespace

void flag_values::number(std::string_view flag, std::uint64_t& target,
                         std::uint64_t min, std::uint64_t max) {
  auto text = args_.value_of(flag);
  if (!text)
    return;
  auto value = number_in(*text);
  if (value && *value >= min && *value <= max)
    target = *value;
  else
    refuse(flag, range(min, max));
}

void flag_values::numbers(std::string_view flag,
                          std::vector<std::uint64_t>& target, std::uint64_t min,
                          std::uint64_t max) {
  if (!args_.has(flag))
    return;
  target.clear();
  for (const auto& word : words(flag)) {
    auto value = number_in(word);
    if (!value || *value < min || *value > max)
      return refuse(flag, range(min, max) + ", with commas between");
    target.push_back(*value);
  }
}

void flag_values::seconds(std::string_view flag,
                          std::chrono::nanoseconds& target, double min,
                          double max) {
  auto text = args_.value_of(flag);
  if (!text)
    return;
  char* end = nullptr;
  auto value = std::strtod(text->c_str(), &end);
  if (text->empty() || *end != '\0' || !(value >= min && value <= max))
    return refuse(flag,
                  "seconds, " + short_text(min) + " to " + short_text(max));
  target = std::chrono::nanoseconds{std::llround(value * 1e9)};
}

std::vector<std::string> flag_values::words(std::string_view flag) {
  auto text = args_.value_of(flag);
  std::vector<std::string> result;
  if (!text)
    return result;
  std::size_t begin = 0;
  for (;;) {
    auto end = text->find(',', begin);
    result.push_back(text->substr(begin, end - begin));
    if (end == std::string::npos)
      return result;
    begin = end + 1;
  }
}

void flag_values::text(std::string_view flag, std::string& target) {
  auto value = args_.value_of(flag);
  if (!value)
    return;
  if (value->empty())
    return refuse(flag, "a path");
  target = std::move(*value);
}

void flag_values::refuse(std::string_view flag, const std::string& allowed) {
  if (error_)
    return;
  auto name = std::string{flag};
  error_
    = cli::usage_error("--" + name + " " + cli::printable(*args_.value_of(flag))
                       + ": allowed: " + allowed);
}

} // namespace obol::bench
