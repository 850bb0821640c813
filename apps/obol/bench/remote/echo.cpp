#include "bench/remote/echo.hpp"

#include "obol/error.hpp"
#include "obol/internal/basp_network.hpp"
#include "obol/internal/guarded_middleman.hpp"
#include "obol/log.hpp"
#include "obol/nodes.hpp"
#include "obol/spawn_store.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>

#include <future>
#include <string>
#include <utility>

namespace obol::bench {

namespace {

constexpr const char* loopback = "127.0.0.1";

constexpr std::chrono::seconds connect_timeout{5};

caf::error unavailable(const char* text) {
  return caf::make_error(ec::unavailable, std::string{text});
}

/// An actor system with CAF's own distribution, or ours where there is TLS.
struct echo_system {
  explicit echo_system(const node_tls& tls) : is_encrypted(tls.enabled()) {
    register_messages(config);
    if (is_encrypted)
      trouble = load_nodes(config, tls, make_stderr_log(log_level::off));
    else
      config.load<caf::io::middleman>();
    if (!trouble)
      system = std::make_unique<caf::actor_system>(config);
  }

  bool is_encrypted;
  caf::actor_system_config config;
  caf::error trouble;
  std::unique_ptr<caf::actor_system> system;
};

caf::behavior echo(caf::event_based_actor*, const caf::message& answer) {
  return {[answer](const get_request&) { return answer; }};
}

/// Lets peers send to it what they may send to a gateway.
caf::expected<std::uint16_t> open_encrypted(caf::actor_system& system,
                                            const gateway_actor& what) {
  auto& network = *internal::guarded_middleman_of(system);
  {
    auto& rules = *network.rules();
    std::lock_guard guard{rules.mutex};
    rules.role.gateway = what.id();
    rules.role.max_request_bytes = options{}.max_session_bytes;
    rules.max_peers = gateway_limits{}.max_peers;
  }
  return network.open(what, {loopback, 0});
}

caf::expected<gateway_actor> connect_encrypted(caf::actor_system& system,
                                               std::uint16_t port) {
  auto answer = std::make_shared<std::promise<caf::expected<gateway_actor>>>();
  auto result = answer->get_future();
  internal::make_basp_network(system)->connect(
    {loopback, port}, connect_timeout,
    [answer](caf::expected<gateway_actor> x) {
      answer->set_value(std::move(x));
    });
  return result.get();
}

} // namespace

caf::expected<open_port> open_echo(const dataset& data, const node_tls& tls) {
  auto home = std::make_shared<echo_system>(tls);
  if (home->trouble)
    return home->trouble;
  auto& system = *home->system;
  auto answer = caf::make_message(get_answer{data.fresh(0)});
  auto actor = system.spawn(echo, answer);
  auto port = home->is_encrypted
                ? open_encrypted(system, caf::actor_cast<gateway_actor>(actor))
                : system.middleman().publish(actor, 0, loopback);
  if (!port)
    return unavailable("an echo finds no free port");
  return open_port{*port, home};
}

struct echo_client::implementation {
  explicit implementation(const node_tls& tls) : home(tls) {
  }

  echo_system home;
  store_actor actor;
};

echo_client::echo_client(std::unique_ptr<implementation> impl)
  : impl_(std::move(impl)) {
}

echo_client::~echo_client() = default;

caf::actor_system& echo_client::system() const {
  return *impl_->home.system;
}

const store_actor& echo_client::actor() const {
  return impl_->actor;
}

caf::expected<std::unique_ptr<echo_client>>
echo_client::connect(std::uint16_t port, const node_tls& tls) {
  auto impl = std::make_unique<implementation>(tls);
  if (impl->home.trouble)
    return impl->home.trouble;
  auto& system = *impl->home.system;
  if (impl->home.is_encrypted) {
    auto found = connect_encrypted(system, port);
    if (!found)
      return std::move(found.error());
    impl->actor = caf::actor_cast<store_actor>(*found);
  } else {
    auto found = system.middleman().remote_actor(loopback, port);
    if (!found)
      return unavailable("an echo cannot be reached");
    impl->actor = caf::actor_cast<store_actor>(*found);
  }
  return std::unique_ptr<echo_client>{new echo_client{std::move(impl)}};
}

} // namespace obol::bench
