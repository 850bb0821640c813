#pragma once

#include <optional>
#include <string>
#include <vector>

namespace obol::bench {

/// How a child process ended.
struct child_result {
  /// What it wrote to standard output.
  std::string out;

  /// Whether it ended with exit code 0.
  bool succeeded = false;

  /// The processor time it used, in microseconds.
  double cpu_us = 0;

  /// How often it went to sleep.
  double switches = 0;
};

/// Runs a program to its end. Its standard error is dropped. Empty if it cannot
/// be started.
std::optional<child_result> run_child(const std::vector<std::string>& words);

} // namespace obol::bench
