#pragma once

#include "obol/internal/notification_gate.hpp"

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace obol::internal {

/// Where a socket connects to.
struct socket_address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  friend bool operator==(const socket_address& x, const socket_address& y);
};

/// Addresses in the order to try them, or none and the reason.
struct lookup_result {
  std::vector<socket_address> addresses;
  std::string failure;
};

/// Finds the addresses of a host. May block for as long as it likes.
using lookup_function
  = std::function<lookup_result(const std::string& host, std::uint16_t port)>;

/// Asks the system (getaddrinfo(3)). At most `max_addresses` are taken.
lookup_result look_up_host(const std::string& host, std::uint16_t port);

/// The address if `host` is one, IPv4 or IPv6, without asking anybody.
std::optional<socket_address> numeric_address(const std::string& host,
                                              std::uint16_t port);

/// One look-up that was asked for. Thread-safe; its owner drops it to say that
/// nobody waits any more.
class resolution {
public:
  /// Signals `gate` when there is a result.
  explicit resolution(std::shared_ptr<notification_gate> gate);

  /// The result once, when it is there.
  std::optional<lookup_result> take();

  void finish(lookup_result result);

private:
  std::shared_ptr<notification_gate> gate_;
  std::mutex mutex_;
  std::optional<lookup_result> result_;
};

/// Looks names up on a thread of its own, one at a time; look-ups of the same
/// name that wait together share one answer. Nothing is remembered: fail-over
/// by DNS works only if each connect asks again.
///
/// Thread-safe. The thread starts with the first look-up.
class resolver {
public:
  /// Look-ups that may wait, over all names.
  static constexpr std::size_t max_waiting = 256;

  explicit resolver(lookup_function lookup);

  /// Waits shortly for a look-up under way, then leaves it behind: its thread
  /// owns all it touches and ends when the look-up returns.
  ~resolver();

  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;

  /// Finishes `waiting` some time later; at once, with a failure, if too many
  /// wait already.
  void look_up(std::string host, std::uint16_t port,
               const std::shared_ptr<resolution>& waiting);

private:
  struct core;

  std::string enqueue(std::string host, std::uint16_t port,
                      const std::shared_ptr<resolution>& waiting);

  std::shared_ptr<core> core_;
  std::thread thread_;
};

} // namespace obol::internal
