#pragma once

#include "monitoring/http_endpoint.hpp"
#include "obol/interfaces.hpp"
#include "obol/log.hpp"
#include "obol/metrics.hpp"
#include "obol/nodes.hpp"
#include "obol/options.hpp"
#include "serve/embedded_server.hpp"
#include "serve/herald.hpp"
#include "serve/notify_socket.hpp"
#include "serve/own_server.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/expected.hpp>

#include <atomic>
#include <memory>
#include <optional>

namespace obol::serve {

/// What a node is started with.
struct node_plan {
  options settings;
  /// The embedded server, unless the settings name another one.
  std::optional<own_server> server;
  notify_socket notify;
  log_sink log;
};

/// A running `obol serve`: its actors, in the order in which they start.
class node {
public:
  /// Starts everything. An embedded server must come up; the store may become
  /// ready later. Fails with the reason of what could not be started.
  static caf::expected<std::unique_ptr<node>> open(node_plan plan);

  /// Ends what still runs, and waits for it.
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Finishes what is under way and takes nothing new, then ends everything in
  /// the opposite order. Blocks; safe to call from another thread.
  void drain();

private:
  struct config;

  node(node_plan plan, std::unique_ptr<config> settings);

  caf::error start();
  caf::error start_server();
  caf::error start_store();
  caf::error start_metrics();
  caf::error start_gateway();
  void start_herald();
  void finish_calls();

  node_plan plan_;
  std::unique_ptr<config> config_;
  std::unique_ptr<caf::actor_system> system_;
  /// Told by /readyz from the moment it is true.
  std::atomic<bool> is_draining_{false};
  // In the order in which they start; all end before the system does.
  embedded_server_actor server_;
  metrics counts_;
  store_actor store_;
  std::optional<monitoring::http_endpoint> endpoint_;
  std::optional<published_gateway> gateway_;
  herald_actor herald_;
};

} // namespace obol::serve
