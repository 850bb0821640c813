#include "integration/node_fixture.hpp"

#include "obol/spawn_store.hpp"

#include <caf/send.hpp>

#include <stdexcept>
#include <utility>

namespace obol::test {

namespace {

node_options at_port(node_options settings, std::uint16_t port) {
  settings.listen = {"127.0.0.1", port};
  return settings;
}

} // namespace

test_node::config::config(const node_tls& tls, log_sink log) {
  register_messages(*this);
  load_scheduler(*this);
  if (auto broken = load_nodes(*this, tls, std::move(log)))
    throw std::runtime_error{describe(broken)};
}

test_node::test_node(const server& where, node_options settings, log_sink log)
  : test_node(where, std::move(settings), 0, std::move(log)) {
}

test_node::test_node(const server& where, node_options settings,
                     std::uint16_t port, log_sink log)
  : config_(settings.tls, log), system_(config_),
    store_(value(spawn_store(system_, options_for(where), log))),
    gateway_(std::make_unique<published_gateway>(value(publish_gateway(
      system_, store_, at_port(std::move(settings), port), log)))) {
}

test_node::~test_node() {
  caf::anon_send_exit(store_, caf::exit_reason::user_shutdown);
}

facade ready_client(remote_options settings, log_sink log) {
  auto result = value(facade::connect(std::move(settings), std::move(log)));
  value(result.wait_ready(patience));
  return result;
}

node_tls test_certificates::issue(const std::string& name,
                                  std::chrono::hours begin,
                                  certificate_use use) {
  auto files = authority.issue(name, begin, use);
  return {files.certificate, files.key, authority.certificate()};
}

} // namespace obol::test
