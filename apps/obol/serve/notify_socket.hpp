#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace obol::serve {

/// The line to the service manager (sd_notify(3)), if there is one. Safe to use
/// from any thread.
class notify_socket {
public:
  /// Takes what NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID say.
  static notify_socket from_environment();

  /// Sends lines like `READY=1`, without waiting. False if the manager has not
  /// read what it was sent before; true if there is none.
  bool send(std::string_view lines) const;

  /// How often a sign of life is expected; empty: never.
  std::optional<std::chrono::microseconds> watchdog() const {
    return watchdog_;
  }

private:
  /// Empty: there is none. A leading @ stands for the abstract namespace.
  std::string address_;

  std::optional<std::chrono::microseconds> watchdog_;
};

} // namespace obol::serve
