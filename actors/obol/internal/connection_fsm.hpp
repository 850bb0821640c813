#pragma once

#include "obol/internal/clock.hpp"

#include <optional>
#include <string>

namespace obol::internal {

/// The life of a connection: which phase it is in, and what time alone brings
/// about. Does no I/O and has no clock.
///
///     disconnected --> connecting --> handshaking --> ready --> draining
///       |  ^               |              |            |           |
///       |  +---------------+--------------+------------+-----------+
///       |                        lost, or renewed
///       +--> stopped
class connection_fsm {
public:
  enum class phase {
    disconnected,
    connecting,
    handshaking,
    ready,
    /// No new requests; those in flight are finished.
    draining,
    stopped,
  };

  struct timeouts {
    /// Resolve, connect and handshake together.
    duration connect{};
    /// Without any progress while requests are in flight.
    duration command{};
    /// Idle for this long, the connection is probed.
    duration health_check{};
    /// From ready to renewal; zero means never.
    duration lifetime{};
  };

  /// What the passing of time brings about.
  enum class due { nothing, connect_timeout, stalled, probe, renewal };

  connection_fsm() = default;

  explicit connection_fsm(timeouts bounds) : bounds_(bounds) {
  }

  phase current() const {
    return phase_;
  }

  /// The one writer of the phase.
  /// @pre the diagram has this arc
  void transition_to(phase next, instant now);

  /// Bytes came from the server.
  void on_progress(instant now) {
    last_progress_ = now;
  }

  /// `oldest` is since when the oldest request has been in flight, if any is.
  due look(instant now, std::optional<instant> oldest) const;

  /// When `look` will find something, should nothing else happen before; empty
  /// where time alone brings about nothing.
  std::optional<instant> next_look(std::optional<instant> oldest) const;

private:
  struct event {
    due what = due::nothing;
    instant when;
  };

  /// What time brings about next.
  std::optional<event> next(std::optional<instant> oldest) const;

  static bool has_arc(phase from, phase to);

  timeouts bounds_;
  phase phase_ = phase::disconnected;
  /// When the attempt to connect began, then when the connection became ready.
  instant since_{};
  instant last_progress_{};
};

std::string to_string(connection_fsm::phase x);

} // namespace obol::internal
