#include "bench/remote/echo.hpp"

#include "obol/error.hpp"
#include "obol/spawn_store.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/openssl/publish.hpp>
#include <caf/openssl/remote_actor.hpp>

#include <string>
#include <utility>

namespace obol::bench {

namespace {

constexpr const char* loopback = "127.0.0.1";

caf::error unavailable(const char* text) {
  return caf::make_error(ec::unavailable, std::string{text});
}

/// An actor system with CAF's own distribution, plain or with TLS.
struct echo_system {
  explicit echo_system(const node_tls& tls) : is_encrypted(tls.enabled()) {
    register_messages(config);
    config.load<caf::io::middleman>();
    if (is_encrypted) {
      config.load<caf::openssl::manager>();
      config.openssl_certificate = tls.certificate_file;
      config.openssl_key = tls.key_file;
      config.openssl_cafile = tls.ca_file;
    }
    system = std::make_unique<caf::actor_system>(config);
  }

  bool is_encrypted;
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
};

caf::behavior echo(caf::event_based_actor*, const caf::message& answer) {
  return {[answer](const get_request&) { return answer; }};
}

} // namespace

caf::expected<open_port> open_echo(const dataset& data, const node_tls& tls) {
  auto home = std::make_shared<echo_system>(tls);
  auto& system = *home->system;
  auto answer = caf::make_message(get_answer{data.fresh(0)});
  auto actor = system.spawn(echo, answer);
  auto port = home->is_encrypted
                ? caf::openssl::publish(actor, 0, loopback)
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
  auto& system = *impl->home.system;
  auto found = impl->home.is_encrypted
                 ? caf::openssl::remote_actor(system, loopback, port)
                 : system.middleman().remote_actor(loopback, port);
  if (!found)
    return unavailable("an echo cannot be reached");
  impl->actor = caf::actor_cast<store_actor>(*found);
  return std::unique_ptr<echo_client>{new echo_client{std::move(impl)}};
}

} // namespace obol::bench
