#pragma once

#include "obol/internal/guarded_broker.hpp"
#include "obol/internal/node_identity.hpp"

#include <caf/io/middleman.hpp>
#include <caf/io/network/default_multiplexer.hpp>

#include <memory>

namespace obol::internal {

/// CAF's network module with a guarded broker in the place of its own.
class guarded_middleman final : public caf::io::middleman {
public:
  /// `identity` is empty for no encryption.
  guarded_middleman(caf::actor_system& home, log_sink log,
                    std::shared_ptr<const node_identity> identity);

  void start() override;

  caf::io::network::multiplexer& backend() override {
    return backend_;
  }

  const std::shared_ptr<broker_rules>& rules() const {
    return rules_;
  }

  /// Whether connections are made through CAF's OpenSSL module.
  bool encrypted() const {
    return identity_ != nullptr;
  }

  /// Opens ports and connects: CAF's actor for TCP, or that of its OpenSSL
  /// module.
  caf::io::middleman_actor connecting_actor();

private:
  caf::io::network::default_multiplexer backend_;
  std::shared_ptr<broker_rules> rules_;
  /// Holds the files CAF's module reads.
  std::shared_ptr<const node_identity> identity_;
};

/// Null if the system has another network module, or none.
guarded_middleman* guarded_middleman_of(caf::actor_system& system);

/// @pre there is a guarded middleman
std::shared_ptr<broker_rules> rules_of(caf::actor_system& system);

} // namespace obol::internal
