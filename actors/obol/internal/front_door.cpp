#include "obol/internal/front_door.hpp"

#include "obol/internal/make_operation.hpp"

#include <caf/mailbox_element.hpp>

#include <typeinfo>
#include <utility>

namespace obol::internal {

namespace {

/// Sends the request on its way if it is one of these; else leaves it alone.
template <class Request>
bool route_as(store_context& store, caf::mailbox_element& x,
              caf::execution_unit* host) {
  auto& content = x.content();
  // What others hold too must not be taken apart.
  if (content.shared() || check(content.get_as<Request>(0)))
    return false;
  auto to = store.desk.route();
  if (!to)
    return false;
  auto& request = *static_cast<Request*>(content.get_mutable(0));
  auto* target = to->get();
  target->enqueue(caf::make_mailbox_element(std::move(x.sender), x.mid,
                                            std::move(x.stages),
                                            make_operation(store, request)),
                  host);
  return true;
}

template <class... Requests>
bool route_as_one_of(store_context& store, caf::mailbox_element& x,
                     caf::execution_unit* host) {
  auto* type = x.content().type(0).second;
  auto routed = false;
  static_cast<void>(
    ((type && *type == typeid(Requests)
      && (routed = route_as<Requests>(store, x, host), true))
     || ...));
  return routed;
}

bool route(store_context& store, caf::mailbox_element& x,
           caf::execution_unit* host) {
  return x.content().size() == 1
         && route_as_one_of<get_request, upsert_request, delete_request,
                            get_all_request, delete_all_request,
                            delete_others_request, revoke_before_request,
                            resolve_request>(store, x, host);
}

} // namespace

front_door::front_door(caf::actor_config& config, store_context_ptr shared)
  : super(config), store_(std::move(shared)) {
}

front_door::behavior_type front_door::make_behavior() {
  return state.make_behavior(store_);
}

void front_door::enqueue(caf::mailbox_element_ptr what,
                         caf::execution_unit* host) {
  if (getf(is_terminated_flag) || !route(*store_, *what, host))
    super::enqueue(std::move(what), host);
}

} // namespace obol::internal
