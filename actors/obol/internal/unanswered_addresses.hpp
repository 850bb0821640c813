#pragma once

#include "obol/internal/resolver.hpp"

#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

namespace obol::internal {

/// Remembers addresses whose connect was given up without an answer, so that
/// the next connect tries the others first. Without it a host whose first
/// address is a black hole could never be reached: the deadline for connecting
/// ends before the second address has its turn.
///
/// Thread-safe.
class unanswered_addresses {
public:
  /// The oldest is forgotten beyond this many.
  static constexpr std::size_t max_remembered = 64;

  void add(const socket_address& address);

  /// To be called when the address was connected to.
  void remove(const socket_address& address);

  /// Moves what is remembered to the end, else keeping the order.
  void move_to_end(std::vector<socket_address>& addresses) const;

private:
  mutable std::mutex mutex_;
  std::deque<socket_address> addresses_;
};

} // namespace obol::internal
