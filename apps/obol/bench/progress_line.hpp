#pragma once

#include <string>

namespace obol::bench {

/// Tells on standard error what is being done, on one line that changes; only
/// where that is a terminal.
class progress_line {
public:
  progress_line();
  ~progress_line();
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  void show(const std::string& text);

private:
  bool is_terminal_;
  bool is_shown_ = false;
};

} // namespace obol::bench
