#pragma once

#include "obol/internal/clock.hpp"
#include "obol/internal/frame_rules.hpp"
#include "obol/log.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/node_id.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace obol::internal {

/// What guarded brokers keep to. Shared with those who publish.
struct broker_rules {
  std::mutex mutex;
  // Guarded by mutex.
  frame_role role;
  std::size_t max_peers = 0;
  duration handshake_timeout = std::chrono::seconds{5};
  log_sink log;
};

/// INTERNAL: cut the connection to this node.
struct cut_node {
  caf::node_id node;
};

/// INTERNAL, to itself: look for handshakes that take too long.
struct look_at_handshakes {};

/// CAF's broker for its protocol between nodes, which lets pass only what the
/// frame rules allow, closes what takes too long to greet, and keeps peers from
/// having helpers spawned for them.
class guarded_broker final : public caf::io::basp_broker {
public:
  explicit guarded_broker(caf::actor_config& config);

  caf::behavior make_behavior() override;

  /// CAF's brokers end with their mailboxes open. What comes then, such as a
  /// delayed message to itself, would lie there for good and hold its sender.
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

  /// CAF would ask the peer for its spawn server.
  void learned_new_node_directly(const caf::node_id& node,
                                 bool was_known) override;

  void learned_new_node_indirectly(const caf::node_id& node) override;

private:
  void on_new_connection(const caf::io::new_connection_msg& x);

  void on_data(caf::io::new_data_msg& x);

  /// Why what came ends its connection; empty if CAF may have it.
  std::string_view check(const caf::io::new_data_msg& x);

  /// The same for a peer's greeting, which tells who it is. A connection it had
  /// before is ended if it means this one: CAF would keep both, and what was
  /// asked on one could be answered on the other.
  std::string_view check_greeting(caf::io::basp::endpoint_context& context,
                                  const std::vector<char>& payload);

  /// Whether it is a greeting of a peer that has another connection and does
  /// not say which one it means: clients greet before they know whom they have
  /// reached. CAF does not learn of it.
  bool is_premature(const caf::io::basp::endpoint_context& peer,
                    const std::vector<char>& payload);

  /// Whose greeting it is; empty if it cannot be read.
  caf::node_id id_in(const std::vector<char>& payload);

  /// Why a node's greeting ends the connection to it; empty if CAF may have it.
  /// If there is another one to that node, whoever wanted this one gets that.
  std::string_view check_host(const std::vector<char>& payload);

  bool has_greeted(caf::io::connection_handle connection);

  /// Ends the connection that has gone without a greeting for longest.
  /// @returns whether there was one
  bool end_a_stranger();

  void on_look();

  void on_cut(const caf::node_id& node);

  void end(caf::io::connection_handle connection, std::string_view reason);

  /// At once: what was not sent is not sent.
  void hang_up(caf::io::connection_handle connection);

  void log(std::string_view what);

  std::shared_ptr<broker_rules> rules_;
  /// Since when connections are open whose peers have not greeted, or had not
  /// when somebody last looked.
  std::map<caf::io::connection_handle, instant> strangers_;
};

} // namespace obol::internal

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::internal::cut_node)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::internal::look_at_handshakes)
