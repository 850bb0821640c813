#pragma once

#include "obol/internal/call_fate.hpp"
#include "obol/internal/clock.hpp"
#include "obol/internal/event_hub.hpp"
#include "obol/internal/node_ledger.hpp"
#include "obol/internal/random_source.hpp"
#include "obol/internal/remote_request.hpp"
#include "obol/internal/ticket_table.hpp"
#include "obol/interfaces.hpp"
#include "obol/node_options.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace obol::internal {

/// The calls of a remote client, open to every thread: who makes a request
/// sends it to a node here, and who brings an answer hands it to the requester,
/// without a mailbox in between.
///
/// A call is with one node at a time, or with none and waits for one. Each time
/// it is sent it gets a new number, so that what an earlier copy brings is
/// known as such.
class remote_desk {
public:
  using slot_id = node_ledger::slot_id;

  remote_desk(remote_options settings, std::shared_ptr<const clock> time,
              std::shared_ptr<random_source> random);

  /// Who the requests come from, as nodes see it; before all else.
  void set_sender(caf::actor_addr x) {
    sender_ = std::move(x);
  }

  // -- for those who send and answer ------------------------------------------

  /// Takes a request over: it is answered once, by its deadline and a tick.
  void take(caf::mailbox_element& x, request_kind kind,
            caf::execution_unit* host);

  /// Takes an answer of a node.
  /// @returns whether its number is one of ours, be it an old one
  bool answer(caf::mailbox_element& x, caf::execution_unit* host);

  // -- for the actor ----------------------------------------------------------

  std::vector<node_ledger::duty> due();

  void on_connected(slot_id slot, const gateway_actor& node);

  /// It is another name of a node that is connected.
  void on_alias(slot_id slot);

  /// Its calls go to others.
  void on_lost(slot_id slot, caf::error reason, caf::execution_unit* host);

  /// Asks a node for a report.
  void probe(slot_id slot, caf::execution_unit* host);

  /// Answers what has run out of time, and sends what waits.
  void sweep(caf::execution_unit* host);

  /// New requests and those that wait get `shutting_down`.
  void close(caf::execution_unit* host);

  /// Answers all that is left.
  void abort(caf::execution_unit* host);

  // -- queries ----------------------------------------------------------------

  std::size_t in_flight();

  /// Empty if requests can be served, else why not.
  caf::error trouble();

  bool is_ready();

  store_status status();

  /// The node of that slot; empty if it is not connected.
  gateway_actor node(slot_id slot);

  event_hub events;

private:
  static constexpr slot_id nowhere = max_nodes;

  struct call {
    caf::strong_actor_ptr requester;
    caf::message_id request;
    caf::message what;
    request_kind kind;
    call_fate fate;
    instant deadline;
    slot_id node = nowhere;
    /// Those that have refused it.
    node_ledger::slot_set tried = 0;
    /// It asks for a report, on our own behalf.
    bool is_probe = false;
  };

  /// A message that is on its way out of the lock.
  struct parcel {
    caf::strong_actor_ptr from;
    caf::strong_actor_ptr to;
    caf::message_id id;
    caf::message what;
  };

  using parcels = std::vector<parcel>;

  /// Sends it to a node, lets it wait, or ends it.
  void route(call x, instant now, parcels& out);

  void send(call x, slot_id slot, instant now, parcels& out);

  void finish(call x, caf::message answer, parcels& out);

  void finish(call x, caf::error failure, parcels& out);

  /// Writes into an upsert what makes its copies one.
  void mark(call& x, slot_id slot, instant now);

  void on_answer(call x, caf::message content, instant now, parcels& out);

  /// Whether a node has found the server's clock beyond the last instant of an
  /// upsert that has time left: that clock has jumped since the node's report.
  /// Nothing was written, nor will it be before another instant is set.
  static bool is_early(const call& x, const caf::error& failure, instant now);

  bool calls_wait_for_nodes();

  void on_probe_answer(slot_id slot, const caf::message& content, instant now);

  caf::error reason_of_outage() const;

  static std::optional<resolution_token> token_of(const call& x);

  /// Outside the lock.
  static void deliver(parcels& out, caf::execution_unit* host);

  const remote_options settings_;
  const std::shared_ptr<const clock> clock_;
  const std::shared_ptr<random_source> random_;
  caf::actor_addr sender_;

  std::mutex mutex_;
  // Guarded by mutex_, like all that follows.
  node_ledger ledger_;
  /// With the probes among them, which take up no room of the others.
  ticket_table<call> calls_;
  std::size_t probes_ = 0;
  std::vector<gateway_actor> nodes_;
  bool closed_ = false;
};

} // namespace obol::internal
