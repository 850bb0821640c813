#include "obol/log.hpp"

#include <cstdio>
#include <memory>
#include <mutex>

namespace obol {

namespace {

std::string name_of(log_level x) {
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

} // namespace

log_sink make_stderr_log(log_level level) {
  auto mutex = std::make_shared<std::mutex>();
  return [level, mutex](log_level grade, std::string_view who,
                        std::string_view what) {
    if (grade > level || grade == log_level::off)
      return;
    std::string line = "level=" + name_of(grade) + " actor=";
    line += who;
    line += " msg=\"";
    for (char c : what)
      line += c == '"' || static_cast<unsigned char>(c) < ' ' ? '\'' : c;
    line += "\"\n";
    std::lock_guard guard{*mutex};
    std::fwrite(line.data(), 1, line.size(), stderr);
  };
}

} // namespace obol
