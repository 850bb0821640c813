#pragma once

#include "obol/internal/event_forecast.hpp"
#include "obol/internal/notification_gate.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

namespace obol::internal {

/// One socket the poller watches. Shared with the poller, which may still hold
/// it for a moment after `unwatch`.
struct watched_socket {
  explicit watched_socket(int socket, std::shared_ptr<notification_gate> told)
    : fd(socket), gate(std::move(told)) {
    // nop
  }

  const int fd;

  /// Signalled at each event.
  const std::shared_ptr<notification_gate> gate;

  /// Set before the signal once the peer has closed or the socket is broken.
  std::atomic<bool> hung_up = false;

  /// The poller's name for it. Never used twice, unlike `fd`.
  std::uint64_t key = 0;
};

/// Waits for events of many sockets and passes them on. Does no I/O on them.
/// Events are edges (epoll_ctl(2), EPOLLET): there is one when
/// bytes arrive, the peer closes, or the socket breaks, and, while wanted, when
/// a full socket has room again.
///
/// Thread-safe.
class poller {
public:
  /// Who waits.
  enum class driver {
    /// A thread of its own, which starts with the first socket and ends with
    /// this.
    own_thread,
    /// Whoever calls `poll`.
    caller,
  };

  explicit poller(driver x);

  ~poller();

  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;

  /// Starts to watch, for writing too. What is already there makes an event.
  /// @returns 0 or an errno.
  int watch(const std::shared_ptr<watched_socket>& socket);

  /// Whether room for writing makes events; if there is room already it makes
  /// one at once.
  /// @returns 0 or an errno.
  int want_write(const watched_socket& socket, bool wanted);

  /// Ends watching. Must come before the socket is closed. An event that was
  /// already taken may still signal the gate: shut it to be rid of that.
  void unwatch(const watched_socket& socket);

  /// Waits for events, at most so long (negative: without limit), and passes
  /// them on. Only where the caller is the driver.
  /// @returns how many there were
  std::size_t poll(std::chrono::milliseconds timeout);

  /// Ends a `poll` that waits, or the next one.
  void wake();

  /// What those whose sockets these are tell whoever waits.
  const std::shared_ptr<event_forecast>& forecast() const {
    return forecast_;
  }

private:
  struct core;

  int start();

  // Shared with the thread, because the last handle of this may be dropped on
  // that very thread.
  std::shared_ptr<core> core_;

  const driver driver_;

  const std::shared_ptr<event_forecast> forecast_
    = std::make_shared<event_forecast>();

  std::thread thread_;
};

} // namespace obol::internal
