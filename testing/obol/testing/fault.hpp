#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace obol::testing {

/// What can go wrong in a simulated world.
enum class fault : std::uint8_t {
  // -- connecting -------------------------------------------------------------

  /// Connects are refused at once.
  refuse_connect,
  /// Connects are not answered.
  hang_connect,
  /// Connects take long, and so does every byte.
  slow_network,
  /// The server has too many clients: it says so, or just hangs up.
  maxclients,

  // -- bytes ------------------------------------------------------------------

  /// A connection is reset by the network.
  reset,
  /// The server hangs up in an orderly way, as after CLIENT KILL.
  hang_up,
  /// A connection passes nothing any more, both ways, and nobody is told.
  half_open,
  /// A command takes effect and its reply is lost with the connection.
  drop_reply_after_apply,
  /// A command is held up on the way and takes effect much later, also when its
  /// client has long reset the connection.
  apply_late,
  /// The server sends what is not a reply.
  garbage,
  /// The server reads slowly, so that sockets take a few bytes at a time, and
  /// what it sends arrives in crumbs.
  slow_reader,

  // -- the server -------------------------------------------------------------

  /// The server stops doing anything, and goes on later.
  stall,
  /// LOADING: it is reading its data set.
  loading,
  /// BUSY: somebody's script runs.
  busy,
  /// READONLY: it has become a replica.
  readonly,
  /// OOM: its memory is full.
  oom,
  /// MISCONF: it cannot save to disk.
  misconf,
  /// Somebody runs FUNCTION FLUSH.
  function_flush,
  /// Its clock jumps.
  clock_jump,
  /// It restarts with its data and functions.
  restart,
  /// It restarts without anything.
  restart_empty,
  /// A replica takes over that lacks the last writes.
  failover_losing_last,
};

inline constexpr std::size_t fault_count
  = static_cast<std::size_t>(fault::failover_losing_last) + 1;

/// Every fault, in the order of the enumeration.
const std::array<fault, fault_count>& all_faults();

/// The enumerator's name.
std::string to_string(fault x);

/// The fault of that name.
std::optional<fault> fault_named(std::string_view name);

/// Whether it makes the server lose writes it has acknowledged.
bool loses_data(fault x);

/// How often each fault had an effect: a command that was refused, a connection
/// that broke, a reply that was lost.
class fault_counts {
public:
  std::uint64_t& operator[](fault x) {
    return counts_[static_cast<std::size_t>(x)];
  }

  std::uint64_t operator[](fault x) const {
    return counts_[static_cast<std::size_t>(x)];
  }

  fault_counts& operator+=(const fault_counts& other);

private:
  std::array<std::uint64_t, fault_count> counts_{};
};

} // namespace obol::testing
