#pragma once

#include <chrono>
#include <csignal>

namespace obol::serve {

/// SIGTERM, SIGINT and SIGHUP, as a question to be asked instead of an end.
/// Make it before there are other threads: they inherit what it blocks.
class stop_signals {
public:
  stop_signals();

  /// Waits until somebody wants this process to stop.
  void wait() const;

  /// The same for so long; false if nobody does.
  bool wait_for(std::chrono::milliseconds time) const;

private:
  sigset_t set_;
};

} // namespace obol::serve
