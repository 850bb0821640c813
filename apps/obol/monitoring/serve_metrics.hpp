#pragma once

#include "obol/interfaces.hpp"
#include "obol/metrics.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <functional>
#include <string>

#include "monitoring/http_endpoint.hpp"

namespace obol::monitoring {

/// What is watched.
struct watched_store {
  store_actor store;

  /// What that store counts.
  obol::metrics counts;

  /// Why no more requests shall come although the store could serve them, for
  /// example because the process is about to end; empty while they may. Called
  /// from any thread. May be unset.
  std::function<std::string()> keep_away;
};

/// Offers, over HTTP:
///   /metrics  what the store counts, for Prometheus
///   /healthz  200 if the store's actor answers, else 503
///   /readyz   200 if requests can be served, else 503 with the reason as text
/// Nothing else. Fails as `http_endpoint::open` does.
/// @pre ends before `system` does
caf::expected<http_endpoint> serve_metrics(caf::actor_system& system,
                                           watched_store what,
                                           const listen_address& where);

} // namespace obol::monitoring
