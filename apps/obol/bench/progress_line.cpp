#include "bench/progress_line.hpp"

#include <iostream>
#include <unistd.h>

namespace obol::bench {

namespace {

constexpr const char* clear_line = "\r\x1b[K";

} // namespace

progress_line::progress_line() : is_terminal_(::isatty(STDERR_FILENO) == 1) {
}

progress_line::~progress_line() {
  if (is_shown_)
    std::cerr << clear_line << std::flush;
}

void progress_line::show(const std::string& text) {
  if (!is_terminal_)
    return;
  std::cerr << clear_line << text << std::flush;
  is_shown_ = true;
}

} // namespace obol::bench
