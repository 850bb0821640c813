#include "obol/internal/log_line.hpp"

#include <cstdio>
#include <ctime>

namespace obol::internal {

namespace {

const char* name_of(log_level x) {
  switch (x) {
    case log_level::off:
      break;
    case log_level::error:
      return "error";
    case log_level::warning:
      return "warning";
    case log_level::info:
      return "info";
    case log_level::debug:
      return "debug";
  }
  return "off";
}

/// `2026-11-21T10:00:00.123Z`
std::string time_text(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  auto since = time.time_since_epoch();
  auto whole = floor<seconds>(since);
  auto rest = duration_cast<milliseconds>(since - whole).count();
  auto stamp = static_cast<std::time_t>(whole.count());
  std::tm parts{};
  ::gmtime_r(&stamp, &parts);
  char day[32];
  std::strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &parts);
  char result[48];
  std::snprintf(result, sizeof(result), "%s.%03dZ", day,
                static_cast<int>(rest));
  return result;
}

void append_for_people(std::string& line, std::string_view text) {
  for (char c : text)
    line += c == '"' || static_cast<unsigned char>(c) < ' ' ? '\'' : c;
}

void append_json(std::string& line, std::string_view text) {
  for (char c : text) {
    auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (code < ' ') {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x", code);
      line += escaped;
    } else {
      line += c;
    }
  }
}

} // namespace

std::string log_line(log_format format,
                     std::chrono::system_clock::time_point time,
                     log_level level, std::string_view who,
                     std::string_view what) {
  auto is_json = format == log_format::json;
  auto result = (is_json ? "{\"time\":\"" : "time=") + time_text(time)
                + (is_json ? "\",\"level\":\"" : " level=") + name_of(level)
                + (is_json ? "\",\"actor\":\"" : " actor=");
  result += who;
  result += is_json ? "\",\"msg\":\"" : " msg=\"";
  if (is_json)
    append_json(result, what);
  else
    append_for_people(result, what);
  result += is_json ? "\"}\n" : "\"\n";
  return result;
}

} // namespace obol::internal
