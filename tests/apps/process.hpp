#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace obol::test {

/// How a program ended and what it wrote.
struct process_result {
  /// The exit code; 128 and the signal if a signal ended it.
  int code = -1;
  std::string out;
  std::string err;
};

/// What a program is started with.
struct process_input {
  std::vector<std::string> arguments;

  /// Standard input.
  std::string text;

  /// Variables like `OBOL_LAYOUT=three_set`; the test's own variables are
  /// passed on, but for those of obol.
  std::vector<std::string> variables;
};

/// Runs a program to its end. Throws `std::runtime_error` if it cannot start.
process_result run_process(const std::string& program,
                           const process_input& input);

/// A program that runs beside the test; killed at the end.
class background_process {
public:
  /// Standard output goes to the file `out`, standard error to `err`.
  background_process(const std::string& program, const process_input& input,
                     const std::string& out,
                     const std::string& err = "/dev/null");
  ~background_process();
  background_process(const background_process&) = delete;
  background_process& operator=(const background_process&) = delete;

  pid_t pid() const {
    return pid_;
  }

  /// Ends it with SIGKILL.
  void kill();

  /// Waits until it ends by itself; the code is as in `process_result`.
  int wait();

private:
  pid_t pid_ = -1;
};

} // namespace obol::test
