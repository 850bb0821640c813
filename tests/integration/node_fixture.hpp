#pragma once

#include "obol/nodes.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cstdint>
#include <memory>
#include <string>

#include "config/scratch_folder.hpp"
#include "integration/store_fixture.hpp"
#include "support/certificates.hpp"

namespace obol::test {

/// A node of its own actor system, in this process.
class test_node {
public:
  /// Listens on a port of the system's choice, on loopback.
  test_node(const server& where, node_options settings, log_sink log = {});

  /// Starts again on this port.
  test_node(const server& where, node_options settings, std::uint16_t port,
            log_sink log = {});

  /// Ends without a word to its clients.
  ~test_node();

  std::uint16_t port() const {
    return gateway_->port();
  }

  node_address address() const {
    return {"127.0.0.1", port()};
  }

  published_gateway& gateway() {
    return *gateway_;
  }

  caf::actor_system& system() {
    return system_;
  }

private:
  struct config : caf::actor_system_config {
    config(const node_tls& tls, log_sink log);
  };

  config config_;
  caf::actor_system system_;
  store_actor store_;
  std::unique_ptr<published_gateway> gateway_;
};

/// A client of these nodes.
template <class... Nodes>
remote_options client_of(const node_tls& tls, const Nodes&... nodes) {
  remote_options result;
  result.tls = tls;
  result.nodes = {nodes.address()...};
  result.connect_timeout = longest;
  result.progress_timeout = longest;
  return result;
}

/// A client that is ready.
facade ready_client(remote_options settings, log_sink log = {});

/// An authority and what it has issued, in a folder of their own.
struct test_certificates {
  scratch_folder folder;
  test_authority authority{folder.path(""), "authority"};

  node_tls issue(const std::string& name,
                 std::chrono::hours begin = std::chrono::hours{-1},
                 certificate_use use = certificate_use::anything);
};

} // namespace obol::test
