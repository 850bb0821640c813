#include "obol/nodes.hpp"

#include "obol/error.hpp"
#include "obol/gateway.hpp"
#include "obol/internal/basp_network.hpp"
#include "obol/internal/front_door.hpp"
#include "obol/internal/guarded_middleman.hpp"
#include "obol/internal/node_identity.hpp"
#include "obol/remote_store.hpp"
#include "obol/spawn_store.hpp"

#include <caf/settings.hpp>

#include <string>
#include <utility>
#include <vector>

namespace obol {

namespace {

/// Only processes that say the same understand each other.
constexpr const char* dialect = "obol-1";

caf::error misconfigured(std::string text) {
  return caf::make_error(ec::misconfigured, std::move(text));
}

/// The system's network module, if it goes with the settings.
caf::expected<internal::guarded_middleman*>
network_of(caf::actor_system& system, const node_tls& tls) {
  auto* network = internal::guarded_middleman_of(system);
  if (network == nullptr)
    return misconfigured("the actor system was not loaded by load_nodes");
  if (network->encrypted() != tls.enabled())
    return misconfigured("the actor system was loaded with other tls options");
  return network;
}

/// Lets the broker know what peers may do; false if others use it already.
bool claim(internal::broker_rules& rules, const gateway_actor& gateway,
           const node_options& settings) {
  std::lock_guard guard{rules.mutex};
  if (rules.role.gateway != 0)
    return false;
  rules.role.gateway = gateway.id();
  rules.max_peers = settings.limits.max_peers;
  rules.handshake_timeout = settings.handshake_timeout;
  return true;
}

void give_up_claim(internal::broker_rules& rules) {
  std::lock_guard guard{rules.mutex};
  rules.role.gateway = 0;
}

} // namespace

caf::error load_nodes(caf::actor_system_config& config, const node_tls& tls,
                      log_sink log) {
  if (auto broken = validate(tls))
    return broken;
  if (!log)
    log = make_stderr_log(log_level::info);
  std::shared_ptr<const internal::node_identity> identity;
  if (tls.enabled()) {
    auto loaded = internal::node_identity::load(tls);
    if (!loaded)
      return std::move(loaded.error());
    identity
      = std::make_shared<const internal::node_identity>(std::move(*loaded));
  }
  caf::put(config.content, "middleman.app-identifiers",
           std::vector<std::string>{dialect});
  config.module_factories.push_back(
    [identity, log](caf::actor_system& system) -> caf::actor_system::module* {
      return new internal::guarded_middleman(system, log, identity);
    });
  return {};
}

// -- publishing ---------------------------------------------------------------

struct published_gateway::implementation {
  caf::actor_system& system;
  gateway_actor gateway;
  std::shared_ptr<gateway_desk> desk;
  std::uint16_t port = 0;
};

std::uint16_t published_gateway::port() const {
  return impl_->port;
}

std::size_t published_gateway::in_flight() const {
  return impl_->desk->in_flight();
}

void published_gateway::drain() {
  if (impl_->desk->draining.exchange(true))
    return;
  // Nobody new is let in; those who are connected hear of it.
  internal::guarded_middleman_of(impl_->system)
    ->close(impl_->gateway, impl_->port);
}

caf::expected<published_gateway>
publish_gateway(caf::actor_system& system, const store_actor& store,
                const node_options& settings, log_sink log) {
  if (auto broken = validate(settings))
    return broken;
  auto network = network_of(system, settings.tls);
  if (!network)
    return network.error();
  auto context = internal::context_of(store);
  if (!context)
    return caf::make_error(
      ec::invalid_argument,
      std::string{"only a store made by spawn_store can be published"});
  auto desk = std::make_shared<gateway_desk>(settings.limits,
                                             context->env.random->next());
  auto gateway = spawn_gateway(system, {store, context, desk});
  auto& rules = *(*network)->rules();
  if (!claim(rules, gateway, settings))
    return caf::make_error(
      ec::invalid_argument,
      std::string{"the actor system publishes a store already"});
  auto port = (*network)->open(gateway, settings.listen);
  if (!port) {
    give_up_claim(rules);
    return misconfigured("listen: '" + to_string(settings.listen)
                         + "' cannot be opened; is it in use?");
  }
  if (!log)
    log = make_stderr_log(log_level::info);
  log(log_level::info, "obol.nodes",
      "listening on " + to_string(node_address{settings.listen.host, *port})
        + ((*network)->encrypted() ? " with TLS" : " without TLS"));
  published_gateway result;
  result.impl_ = std::make_shared<published_gateway::implementation>(
    published_gateway::implementation{system, gateway, desk, *port});
  return result;
}

// -- connecting ---------------------------------------------------------------

caf::expected<store_actor> connect_store(caf::actor_system& system,
                                         remote_options settings,
                                         log_sink log) {
  if (auto broken = validate(settings))
    return broken;
  auto network = network_of(system, settings.tls);
  if (!network)
    return network.error();
  if (!log)
    log = make_stderr_log(log_level::info);
  return internal::connect_store(system, std::move(settings), std::move(log),
                                 internal::make_basp_network(system),
                                 internal::make_system_clock(),
                                 internal::make_system_random_source());
}

} // namespace obol
