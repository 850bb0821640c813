#pragma once

#include "apps/process.hpp"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/scratch_folder.hpp"

namespace obol::test {

/// `obol serve` in a process of its own, on free ports. Its state stays in a
/// folder, so that it can be started again.
class serve_process {
public:
  serve_process();

  /// More arguments and variables of the next start.
  std::vector<std::string> arguments;
  std::vector<std::string> variables;

  /// Starts it; what was logged before is forgotten.
  void start();

  /// The same, and waits until it listens and the store is ready. Fails the
  /// test if it does not come to that.
  void start_ready();

  // -- its life ---------------------------------------------------------------

  void signal(int number);

  /// Waits for its end and answers the exit code.
  int wait();

  /// Ends it with SIGKILL.
  void kill();

  pid_t pid() const;

  // -- what it says -----------------------------------------------------------

  /// All lines since the start.
  std::string log() const;

  /// Whether a text is logged, now or soon.
  bool logs(const std::string& text) const;

  /// The port of its listening address.
  std::uint16_t port() const;

  /// The port where metrics are.
  std::uint16_t metrics_port() const;

  // -- what it keeps ----------------------------------------------------------

  std::string state_path(const std::string& name = {}) const;

  /// The process of the embedded server, 0 if nobody listens.
  pid_t server_pid() const;

  /// Runs a command of the binary on the embedded server.
  process_result obol(std::vector<std::string> words, std::string input = {});

private:
  std::uint16_t port_after(const std::string& text) const;

  scratch_folder folder_;
  std::unique_ptr<background_process> process_;
};

/// Whether a process is gone, or a zombie that nobody has buried.
bool is_gone(pid_t process);

} // namespace obol::test
