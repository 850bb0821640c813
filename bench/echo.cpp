#include "echo.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace obol::bench {

namespace {

caf::error unsupported() {
  return caf::make_error(ec::unavailable);
}

/// An argument, because CAF 0.17.6 dereferences null where there is none.
store_actor::behavior_type echo(const get_answer& answer) {
  return {
    [answer](const get_request&) { return answer; },
    [](const upsert_request&) -> caf::result<session> { return unsupported(); },
    [](const delete_request&) -> caf::result<removed> { return unsupported(); },
    [](const get_all_request&) -> caf::result<get_all_answer> {
      return unsupported();
    },
    [](const delete_all_request&) -> caf::result<removed> {
      return unsupported();
    },
    [](const delete_others_request&) -> caf::result<removed> {
      return unsupported();
    },
    [](const revoke_before_request&) -> caf::result<removed> {
      return unsupported();
    },
    [](const resolve_request&) -> caf::result<resolution> {
      return unsupported();
    },
    [](const status_request&) { return store_status{}; },
    [](const wait_ready_request&) { return store_status{}; },
    [](const subscribe_request&) {},
    [](const pool_attached&) {},
    [](const readiness_changed&) {},
    [](tick_atom) {},
  };
}

} // namespace

store_actor spawn_echo(caf::actor_system& system) {
  return system.spawn(echo, get_answer{});
}

} // namespace obol::bench
