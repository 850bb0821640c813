#pragma once

#include "obol/internal/backoff.hpp"
#include "obol/internal/clock.hpp"
#include "obol/internal/server_clock.hpp"
#include "obol/messages.hpp"
#include "obol/node_options.hpp"

#include <caf/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace obol::internal {

/// What a client knows of its nodes, whose turn it is, and what is to be done
/// about them. Does no I/O and has no clock.
///
///     resting --due--> connecting --> greeting --report--> ready <--> unready
///        ^                 |              |                  |           |
///        +-----------------+--------------+------------------+-----------+
///                           failed, silent or lost
class node_ledger {
public:
  using slot_id = std::size_t;

  /// One bit a node.
  using slot_set = std::uint64_t;
  static_assert(max_nodes <= 64);

  enum class phase { resting, connecting, greeting, ready, unready };

  /// What is to be done about a node now.
  enum class task {
    connect,
    /// Ask for a report.
    probe,
    /// Cut the connection and call `on_lost`: nothing was heard for too long.
    give_up,
  };

  struct duty {
    node_ledger::task task;
    slot_id slot;
  };

  explicit node_ledger(const remote_options& settings);

  // -- choosing ---------------------------------------------------------------

  /// The ready node whose turn it is, leaving out some; passes the turn on.
  std::optional<slot_id> choose(slot_set without);

  /// Whether a request may wait for a node: one is ready, or was so a moment
  /// ago.
  bool may_serve(instant now) const;

  // -- what happens -----------------------------------------------------------

  /// All that is due, as begun.
  std::vector<duty> due(instant now);

  void on_connected(slot_id slot, instant now);

  /// What it was connected to is another slot's node: tried again after the
  /// longest pause, or soon once a node is lost.
  void on_alias(slot_id slot, instant now);

  /// The connection could not be made, or is gone. `random` is any 64 bits.
  void on_lost(slot_id slot, caf::error reason, instant now,
               std::uint64_t random);

  void on_report(slot_id slot, const node_report& report, instant now);

  /// It answered something.
  void on_heard(slot_id slot, instant now);

  /// Calls wait, and no node is ready: those that rest or cannot serve are tried
  /// again within the shortest pause. `random` is any 64 bits.
  void hurry(instant now, std::uint64_t random);

  /// It cannot serve at present: asked again soon, not used until it can.
  void on_refusal(slot_id slot, caf::error reason);

  // -- queries ----------------------------------------------------------------

  std::size_t size() const {
    return nodes_.size();
  }

  node_ledger::phase phase_of(slot_id slot) const {
    return nodes_[slot].phase;
  }

  std::size_t count(node_ledger::phase x) const;

  /// What its server's clock shows; 0 if that was never told.
  std::int64_t server_ms(slot_id slot, instant when) const;

  bool recognises_copies(slot_id slot) const {
    return nodes_[slot].report.recognises_copies;
  }

  const node_report& report_of(slot_id slot) const {
    return nodes_[slot].report;
  }

  /// Why the last node that failed did so.
  const caf::error& trouble() const {
    return trouble_;
  }

  /// How often a connection was made, and lost.
  std::uint64_t connected = 0;
  std::uint64_t lost = 0;

private:
  struct node {
    node_ledger::phase phase = node_ledger::phase::resting;
    backoff pause;
    /// When the phase must be over, for resting, connecting and greeting.
    instant until{};
    /// When the next report is asked for.
    instant next_probe{};
    /// When one was asked for that has not come.
    std::optional<instant> probed;
    instant heard{};
    std::optional<instant> last_ready;
    /// Until when it is likely to come back: it was there a moment ago.
    instant expected_until{};
    /// It rests because it was another slot's node.
    bool is_alias = false;
    node_report report;
    std::int64_t server_offset = 0;
  };

  bool is_up(const node& x) const {
    return x.phase == phase::ready || x.phase == phase::unready;
  }

  std::optional<task> due(node& x, instant now);

  const duration shortest_pause_;
  const duration longest_pause_;
  const node_options::duration connect_timeout_;
  const node_options::duration probe_interval_;
  const node_options::duration progress_timeout_;
  std::vector<node> nodes_;
  slot_id turn_ = 0;
  caf::error trouble_;
};

} // namespace obol::internal
