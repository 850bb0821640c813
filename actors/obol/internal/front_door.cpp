#include "obol/internal/front_door.hpp"

#include "obol/error.hpp"
#include "obol/internal/make_operation.hpp"

#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/type_erased_tuple.hpp>

#include <typeinfo>
#include <utility>

namespace obol::internal {

namespace {

void send(flight x, checkout_desk::destination to, checkout_desk& desk,
          caf::execution_unit* host) {
  if (to.connection) {
    if (to.connection->put(x, host))
      return;
    // It has just crashed, which the pool will hear of.
    to = desk.reroute();
  }
  if (to.pool) {
    x.requester.submit_to(to.pool->get(), std::move(x.what), host);
    return;
  }
  // The operation counts that it was not carried out.
  auto reason
    = caf::make_error(ec::shutting_down, std::string{"the store is stopping"});
  x.requester.deliver(make_answer(std::move(reason)), host);
}

/// Sends the request on its way if it is one of these; else leaves it alone.
template <class Request>
bool route_as(front_door& door, caf::mailbox_element& x,
              caf::execution_unit* host) {
  auto& store = *door.context();
  auto& content = x.content();
  // What others hold too must not be taken apart.
  if (content.shared() || check(content.get_as<Request>(0)))
    return false;
  auto to = store.desk.route();
  if (!to)
    return false;
  auto& request = *static_cast<Request*>(content.get_mutable(0));
  send({make_operation(store, request),
        requester{&door, std::move(x.sender), std::move(x.stages), x.mid}},
       std::move(to), store.desk, host);
  return true;
}

template <class... Requests>
bool route_as_one_of(front_door& door, caf::mailbox_element& x,
                     caf::execution_unit* host) {
  auto* type = x.content().type(0).second;
  auto routed = false;
  static_cast<void>(((type && *type == typeid(Requests)
                      && (routed = route_as<Requests>(door, x, host), true))
                     || ...));
  return routed;
}

bool route(front_door& door, caf::mailbox_element& x,
           caf::execution_unit* host) {
  return x.content().size() == 1
         && route_as_one_of<get_request, upsert_request, delete_request,
                            get_all_request, delete_all_request,
                            delete_others_request, revoke_before_request,
                            resolve_request>(door, x, host);
}

template <class... Requests>
request_kind kind_as_one_of(const caf::type_erased_tuple& x) {
  auto result = request_kind::none;
  static_cast<void>(((x.match_elements<Requests>()
                      && (result = kind_of(x.get_as<Requests>(0)), true))
                     || ...));
  return result;
}

request_kind kind_of_any(const caf::type_erased_tuple& x) {
  return kind_as_one_of<get_request, upsert_request, delete_request,
                        get_all_request, delete_all_request,
                        delete_others_request, revoke_before_request,
                        resolve_request>(x);
}

/// Counts the requests that the framework answers because the store is gone.
void count_bounced(store_context& store) {
  for (std::size_t i = 0; i < request_kind_count; ++i) {
    auto kind = static_cast<request_kind>(i);
    if (auto count = store.door.clear(kind))
      store.metrics->refused(kind, request_outcome::shutting_down, count);
  }
}

} // namespace

front_door::front_door(caf::actor_config& config, store_context_ptr shared)
  : super(config), store_(std::move(shared)) {
  attach_functor([store = store_] { count_bounced(*store); });
}

front_door::behavior_type front_door::make_behavior() {
  return state.make_behavior(store_);
}

void front_door::enqueue(caf::mailbox_element_ptr what,
                         caf::execution_unit* host) {
  if (getf(is_terminated_flag) || !route(*this, *what, host))
    take_in(std::move(what), host);
}

void front_door::take_in(caf::mailbox_element_ptr what,
                         caf::execution_unit* host) {
  auto kind = kind_of_any(what->content());
  if (kind == request_kind::none) {
    super::enqueue(std::move(what), host);
    return;
  }
  // Entered first: once it is in the mailbox it may be gone again.
  store_->door.enter(kind);
  super::enqueue(std::move(what), host);
  // Then the mailbox may have been closed, and counted, before it came.
  if (getf(is_terminated_flag))
    count_bounced(*store_);
}

store_context_ptr context_of(const store_actor& store) {
  auto* door = dynamic_cast<front_door*>(
    caf::actor_cast<caf::abstract_actor*>(store));
  return door ? door->context() : nullptr;
}

} // namespace obol::internal
