#pragma once

#include "obol/internal/transport.hpp"
#include "obol/testing/internal/timeline.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace obol::testing::internal {

/// One connection of a simulated network, with both its ends and what is on the
/// way between them.
struct simulated_link {
  enum class phase { idle, connecting, connected, failed };

  enum class ending { none, closed, reset };

  /// In the order of the calls of `connect`; 0 before.
  std::uint32_t number = 0;

  /// Which store it belongs to.
  std::uint32_t owner = 0;

  // -- the client's end -------------------------------------------------------

  obol::internal::transport::notification notify;
  simulated_link::phase phase = simulated_link::phase::idle;
  std::string failure;

  /// A notification is under way.
  bool raised = false;

  /// `send` could not take everything.
  bool blocked = false;

  /// Arrived and not yet received.
  std::string arrived;
  bool arrived_end = false;

  /// How the client has ended it.
  ending ended = ending::none;

  // -- on the way -------------------------------------------------------------

  /// Nothing overtakes anything on one link.
  instant last_at_server{};
  instant last_at_client{};

  /// Sent and not yet read by the server.
  std::size_t unread = 0;

  /// Nothing passes; what comes meanwhile is held, as the kernels at both ends
  /// would send it again.
  bool silent = false;

  /// Something on it is lost for good, so that it is never heard again: a
  /// stream has no holes.
  bool has_hole = false;
  std::string held_to_server;
  std::string held_to_client;
  bool held_end = false;

  /// Whether what was on the way when the client reset it still arrives.
  bool survives_reset = false;

  // -- the server's end -------------------------------------------------------

  bool server_open = false;

  // -- queries ----------------------------------------------------------------

  bool client_gone() const {
    return ended != ending::none;
  }

  bool usable() const {
    return phase == simulated_link::phase::connected && !client_gone();
  }

  // -- what the client learns -------------------------------------------------

  void signal() {
    if (client_gone() || raised)
      return;
    raised = true;
    // A copy: the notification may end the link it belongs to.
    auto run = notify;
    run();
  }

  void fail(std::string reason) {
    phase = simulated_link::phase::failed;
    failure = std::move(reason);
    arrived.clear();
    signal();
  }
};

using link_ptr = std::shared_ptr<simulated_link>;

} // namespace obol::testing::internal
