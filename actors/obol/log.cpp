#include "obol/log.hpp"

#include "obol/internal/log_line.hpp"

#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>

namespace obol {

log_sink make_stderr_log(log_level level, log_format format) {
  auto mutex = std::make_shared<std::mutex>();
  return [level, format, mutex](log_level grade, std::string_view who,
                                std::string_view what) {
    if (grade > level || grade == log_level::off)
      return;
    auto line = internal::log_line(format, std::chrono::system_clock::now(),
                                   grade, who, what);
    std::lock_guard guard{*mutex};
    std::fwrite(line.data(), 1, line.size(), stderr);
  };
}

} // namespace obol
