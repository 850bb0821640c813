#include "obol/internal/guarded_middleman.hpp"

#include <caf/openssl/manager.hpp>

#include <utility>

namespace obol::internal {

guarded_middleman::guarded_middleman(
  caf::actor_system& home, log_sink log,
  std::shared_ptr<const node_identity> identity)
  : caf::io::middleman(home), backend_(&home),
    rules_(std::make_shared<broker_rules>()), identity_(std::move(identity)) {
  rules_->log = std::move(log);
}

void guarded_middleman::start() {
  // CAF asks for the broker by this name, and takes the one there is.
  named_broker<guarded_broker>(caf::atom("BASP"));
  caf::io::middleman::start();
}

caf::io::middleman_actor guarded_middleman::connecting_actor() {
  return encrypted() ? system().openssl_manager().actor_handle()
                     : actor_handle();
}

guarded_middleman* guarded_middleman_of(caf::actor_system& system) {
  return system.has_middleman()
           ? dynamic_cast<guarded_middleman*>(&system.middleman())
           : nullptr;
}

std::shared_ptr<broker_rules> rules_of(caf::actor_system& system) {
  return guarded_middleman_of(system)->rules();
}

} // namespace obol::internal
