#include "monitoring/serve_metrics.hpp"

#include "obol/error.hpp"

#include <caf/scoped_actor.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace obol::monitoring {

namespace {

/// How long the store's actor may take to answer.
constexpr std::chrono::seconds health_timeout{1};

page text_page(int status, std::string body) {
  return {status, "text/plain; charset=utf-8", std::move(body) + "\n"};
}

caf::expected<store_status> status_of(caf::actor_system& system,
                                      const store_actor& store) {
  caf::expected<store_status> result{caf::error{}};
  caf::scoped_actor self{system};
  self->request(store, health_timeout, status_request{})
    .receive([&](store_status& x) { result = std::move(x); },
             [&](caf::error& x) { result = std::move(x); });
  return result;
}

/// Why the actor did not answer.
page no_answer(const caf::error& reason) {
  return text_page(503, code_of(reason) == ec::shutting_down
                          ? "the store has ended"
                          : "the store does not answer");
}

page health(caf::actor_system& system, const watched_store& what) {
  auto status = status_of(system, what.store);
  return status ? text_page(200, "alive") : no_answer(status.error());
}

page readiness(caf::actor_system& system, const watched_store& what) {
  if (what.keep_away)
    if (auto reason = what.keep_away(); !reason.empty())
      return text_page(503, "not ready: " + reason);
  auto status = status_of(system, what.store);
  if (!status)
    return no_answer(status.error());
  if (status->phase == pool_phase::not_ready)
    return text_page(503, "not ready: " + status->reason);
  return text_page(200, "ready");
}

} // namespace

caf::expected<http_endpoint> serve_metrics(caf::actor_system& system,
                                           watched_store what,
                                           const listen_address& where) {
  auto shared = std::make_shared<const watched_store>(std::move(what));
  return http_endpoint::open(
    where,
    {{"/metrics",
      [shared] {
        return page{200, metrics::content_type,
                    shared->counts.prometheus_text()};
      }},
     {"/healthz", [&system, shared] { return health(system, *shared); }},
     {"/readyz", [&system, shared] { return readiness(system, *shared); }}});
}

} // namespace obol::monitoring
