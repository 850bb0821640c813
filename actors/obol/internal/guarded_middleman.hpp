#pragma once

#include "obol/internal/guarded_broker.hpp"
#include "obol/internal/node_identity.hpp"
#include "obol/interfaces.hpp"
#include "obol/node_options.hpp"

#include <caf/io/middleman.hpp>
#include <caf/io/network/default_multiplexer.hpp>

#include <cstdint>
#include <memory>

namespace obol::internal {

/// CAF's network module with a guarded broker in the place of its own.
class guarded_middleman final : public caf::io::middleman {
public:
  /// `identity` is empty for no encryption.
  guarded_middleman(caf::actor_system& home, log_sink log,
                    std::shared_ptr<const node_identity> identity);

  /// Gives the system its node id, before it has any actor.
  void init(caf::actor_system_config& config) override;

  void start() override;

  caf::io::network::multiplexer& backend() override {
    return backend_;
  }

  const std::shared_ptr<broker_rules>& rules() const {
    return rules_;
  }

  /// Whether all connections are.
  bool encrypted() const {
    return identity_ != nullptr;
  }

  /// Lets peers connect to an actor. Answers the port.
  caf::expected<std::uint16_t> open(const gateway_actor& published,
                                    const node_address& where);

  /// Nobody new is let in.
  void close(const gateway_actor& published, std::uint16_t port);

  /// A connection to where a node listens, not yet greeted. Blocks while it
  /// connects. Null if nobody is there.
  caf::io::scribe_ptr connect(const node_address& where);

  /// From any thread. Once the module has stopped, it refuses what it is sent.
  const caf::actor& broker() const {
    return broker_;
  }

private:
  caf::io::network::default_multiplexer backend_;
  /// Set by `start`, before there are others. CAF would make a new one, which
  /// nobody runs, for whoever asks by name after the end.
  caf::actor broker_;
  std::shared_ptr<broker_rules> rules_;
  /// Empty for no encryption.
  std::shared_ptr<const node_identity> identity_;
};

/// Null if the system has another network module, or none.
guarded_middleman* guarded_middleman_of(caf::actor_system& system);

/// @pre there is a guarded middleman
std::shared_ptr<broker_rules> rules_of(caf::actor_system& system);

} // namespace obol::internal
