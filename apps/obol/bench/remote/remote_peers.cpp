#include "bench/remote/remote_peers.hpp"

#include "bench/remote/echo.hpp"
#include "obol/nodes.hpp"
#include "obol/spawn_store.hpp"

#include <string>
#include <utility>

namespace obol::bench {

namespace {

/// What `obol serve` does, without what does not concern calls.
struct served_store {
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  store_actor store;
  std::optional<published_gateway> gateway;
};

caf::expected<open_port> open_node(const options& settings,
                                   const node_tls& tls) {
  auto log = make_stderr_log(log_level::warning);
  auto made = std::make_shared<served_store>();
  register_messages(made->config);
  load_scheduler(made->config);
  if (auto error = load_nodes(made->config, tls, log))
    return error;
  made->system = std::make_unique<caf::actor_system>(made->config);
  auto store = spawn_store(*made->system, settings.clone(), log);
  if (!store)
    return std::move(store.error());
  made->store = std::move(*store);
  node_options where;
  where.listen = {"127.0.0.1", 0};
  where.tls = tls;
  auto gateway = publish_gateway(*made->system, made->store, where, log);
  if (!gateway)
    return std::move(gateway.error());
  made->gateway = std::move(*gateway);
  return open_port{made->gateway->port(), made};
}

} // namespace

caf::expected<std::unique_ptr<remote_peers>>
remote_peers::start(const options& store_options, const dataset_size& size) {
  auto identity = throwaway_identity::make();
  if (!identity)
    return std::move(identity.error());
  std::unique_ptr<remote_peers> result{
    new remote_peers{std::move(*identity), {}, {}, {}, {}}};
  auto tls = result->identity.files();
  auto start = [](std::unique_ptr<peer_process>& to, const char* what,
                  const peer_process::opener& open) -> caf::error {
    auto started = peer_process::start(what, open);
    if (!started)
      return std::move(started.error());
    to = std::move(*started);
    return {};
  };
  auto node = [&](const obol::node_tls& with) {
    return [&store_options, with] { return open_node(store_options, with); };
  };
  // What an echo answers does not depend on the layout.
  auto echo = [&](const obol::node_tls& with) {
    return [&store_options, &size, with] {
      return open_echo({store_options, layout::three_set, size}, with);
    };
  };
  if (auto error = start(result->node, "a node", node({})))
    return error;
  if (auto error = start(result->node_tls, "a node with TLS", node(tls)))
    return error;
  if (auto error = start(result->echo, "an echo", echo({})))
    return error;
  if (auto error = start(result->echo_tls, "an echo with TLS", echo(tls)))
    return error;
  return result;
}

} // namespace obol::bench
