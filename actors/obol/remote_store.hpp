#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/environment.hpp"
#include "obol/internal/node_network.hpp"
#include "obol/internal/remote_desk.hpp"
#include "obol/log.hpp"

#include <caf/actor_config.hpp>
#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace obol {

/// INTERNAL: how an attempt to connect to a node ended.
struct node_connected {
  std::uint64_t attempt = 0;
  std::uint32_t slot = 0;
  gateway_actor node;
  /// Why it failed; empty where `node` is set.
  caf::error failure;
};

/// A store whose requests go to nodes.
using remote_store_actor = store_actor::extend<
  // INTERNAL, from the network.
  caf::reacts_to<node_connected>>;

/// What a remote store is told when it is spawned.
struct remote_store_arguments {
  remote_options options;
  std::shared_ptr<internal::node_network> network;
  std::shared_ptr<const internal::clock> clock;
  std::shared_ptr<internal::random_source> random;
  log_sink log;
  std::shared_ptr<internal::remote_desk> desk;
};

/// Keeps the connections of a remote client: makes them, asks nodes for
/// reports, gives up those that are silent, and sweeps what has run out of
/// time. Requests pass it by, see internal/remote_desk.hpp.
///
///     not ready <--> ready --exit--> closing --nothing is under way--> gone
struct remote_store_state {
  // -- types ------------------------------------------------------------------

  /// Somebody who waits until a node is ready.
  struct waiter {
    caf::response_promise requester;
    internal::instant until;
  };

  using pointer = remote_store_actor::stateful_pointer<remote_store_state>;

  // -- life -------------------------------------------------------------------

  explicit remote_store_state(pointer self_ptr);

  /// Nothing stays unanswered, whatever ended the actor.
  ~remote_store_state();

  remote_store_actor::behavior_type
  make_behavior(remote_store_arguments arguments);

  // -- handlers ---------------------------------------------------------------

  caf::result<store_status> on_wait_ready(const wait_ready_request& x);

  void on_subscribe(const subscribe_request& x);

  void on_tick();

  void on_connected(const node_connected& x);

  /// A node or a subscriber is gone.
  void on_down(const caf::down_msg& x);

  void on_exit();

  // -- transitions ------------------------------------------------------------

  void connect(std::uint32_t slot);

  void lose(std::uint32_t slot, caf::error reason);

  /// The same where there still is a connection, which is cut.
  void give_up(std::uint32_t slot, caf::error reason);

  void answer_waiting();

  void quit_if_done();

  // -- queries ----------------------------------------------------------------

  std::optional<std::uint32_t> slot_of(const caf::actor_addr& node) const;

  void log(log_level level, std::uint32_t slot, std::string_view what) const;

  // -- members ----------------------------------------------------------------

  pointer self;
  remote_store_arguments args;
  /// By slot: the latest attempt to connect, and the node.
  std::vector<std::uint64_t> attempts;
  std::vector<caf::actor_addr> addresses;
  std::uint64_t attempts_made = 0;
  std::vector<waiter> waiting;
  bool was_ready = false;
  bool closing = false;
  static constexpr const char* name = "obol.remote_store";
};

namespace internal {

/// The remote store's actor: what it is sent is handled as by `front_door`.
class remote_door final
  : public remote_store_actor::stateful_base<remote_store_state> {
public:
  using super = remote_store_actor::stateful_base<remote_store_state>;

  remote_door(caf::actor_config& config, remote_store_arguments arguments);

  behavior_type make_behavior() override;

  void enqueue(caf::mailbox_element_ptr what,
               caf::execution_unit* host) override;

private:
  /// Set as long as this exists, unlike the state: senders read them.
  std::shared_ptr<remote_desk> desk_;
  remote_store_arguments args_;
};

/// `obol::connect_store` in a world of the caller's choice.
caf::expected<store_actor>
connect_store(caf::actor_system& system, remote_options settings, log_sink log,
              std::shared_ptr<node_network> network,
              std::shared_ptr<const clock> time,
              std::shared_ptr<random_source> random);

} // namespace internal

} // namespace obol

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::node_connected)
