#include "cli/time_text.hpp"

#include "obol/validation.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace obol::cli {

namespace {

using namespace std::chrono;

constexpr std::string_view iso_shape = "dddd-dd-ddTdd:dd:ddZ";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool has_iso_shape(std::string_view text) {
  return std::equal(
    text.begin(), text.end(), iso_shape.begin(), iso_shape.end(),
    [](char c, char shape) { return shape == 'd' ? is_digit(c) : c == shape; });
}

/// The number that digits at a place make.
int number_at(std::string_view text, std::size_t begin, std::size_t size) {
  int result = 0;
  for (auto c : text.substr(begin, size))
    result = result * 10 + (c - '0');
  return result;
}

std::optional<unix_seconds> parse_iso(std::string_view text) {
  year_month_day date{year{number_at(text, 0, 4)},
                      month{static_cast<unsigned>(number_at(text, 5, 2))},
                      day{static_cast<unsigned>(number_at(text, 8, 2))}};
  auto hour = number_at(text, 11, 2);
  auto minute = number_at(text, 14, 2);
  auto second = number_at(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  auto time = sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
  return duration_cast<seconds>(time.time_since_epoch()).count();
}

} // namespace

std::optional<unix_seconds> parse_time(std::string_view text) {
  if (has_iso_shape(text))
    return parse_iso(text);
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit))
    return std::nullopt;
  unix_seconds result = 0;
  auto [end, error] = std::from_chars(text.begin(), text.end(), result);
  if (error != std::errc{} || result > max_unix_seconds)
    return std::nullopt;
  return result;
}

std::string format_time(unix_seconds time) {
  // Later than the calendar reaches, and than a session may name.
  if (time < 0 || time > max_unix_seconds)
    return std::to_string(time);
  sys_seconds instant{seconds{time}};
  auto midnight = floor<days>(instant);
  year_month_day date{midnight};
  hh_mm_ss clock{instant - midnight};
  char text[64];
  std::snprintf(
    text, sizeof(text), "%04d-%02u-%02u %02d:%02d:%02d",
    static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
    static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
    static_cast<int>(clock.minutes().count()),
    static_cast<int>(clock.seconds().count()));
  return text;
}

} // namespace obol::cli
