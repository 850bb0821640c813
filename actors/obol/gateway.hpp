#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/gateway_ledger.hpp"
#include "obol/internal/store_context.hpp"

#include <caf/actor_config.hpp>
#include <caf/monitorable_actor.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>

namespace obol {

/// What a gateway shares with those who publish it. Safe to use from any
/// thread.
struct gateway_desk {
  gateway_desk(gateway_limits limits, std::uint64_t seed)
    : ledger(limits, seed) {
  }

  std::size_t in_flight() {
    std::lock_guard guard{mutex};
    return ledger.in_flight();
  }

  /// Nothing new is let in.
  std::atomic<bool> draining{false};
  std::mutex mutex;
  /// Guarded by `mutex`.
  internal::gateway_ledger ledger;
};

/// What a gateway is told when it is spawned.
struct gateway_arguments {
  store_actor store;
  internal::store_context_ptr context;
  std::shared_ptr<gateway_desk> desk;
};

/// The only actor that peers can reach. It has no mailbox: what comes is looked
/// at in the thread of whoever sends it. A request that is one of ours, is small
/// enough and within the limits goes on to the store under a number of its own;
/// the answer comes back here and goes to the peer, so that no peer learns of
/// another actor. All else is dropped unseen.
///
///     peer --request--> GATEWAY --> store ... connection --answer--> GATEWAY --> peer
class gateway final : public caf::monitorable_actor {
public:
  using actor_base = caf::monitorable_actor;

  gateway(caf::actor_config& config, gateway_arguments arguments);

  const char* name() const override;

  void enqueue(caf::mailbox_element_ptr what,
               caf::execution_unit* host) override;

  void on_destroy() override;

private:
  void on_request(caf::mailbox_element& x, caf::execution_unit* host);

  void on_answer(caf::mailbox_element& x, caf::execution_unit* host);

  /// Counts the request in, or tells which limit it has met.
  internal::gateway_ledger::ticket admit(caf::mailbox_element& x,
                                         caf::error& reason);

  /// Which rule the request breaks; empty if it keeps them all.
  caf::error check(caf::mailbox_element& x) const;

  caf::error check_upsert(const upsert_request& x) const;

  node_report report_of(const store_status& status) const;

  void answer(const caf::strong_actor_ptr& requester, caf::message_id request,
              caf::message what, caf::execution_unit* host);

  gateway_arguments args_;
};

/// Spawns a gateway. Those who hold it keep it alive; it ends with its store.
gateway_actor spawn_gateway(caf::actor_system& system,
                            const gateway_arguments& arguments);

} // namespace obol
