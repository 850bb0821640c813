#include "obol/internal/make_operation.hpp"

#include "obol/error.hpp"
#include "obol/internal/delete_operations.hpp"
#include "obol/internal/hex.hpp"
#include "obol/internal/read_operations.hpp"
#include "obol/internal/upsert_operation.hpp"
#include "obol/internal/write_time.hpp"
#include "obol/validation.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace obol::internal {

namespace {

/// Ours have 16. Any other one names no operation, which the server finds out;
/// but the request must fit into a frame between nodes.
constexpr std::size_t max_operation_id_bytes = 64;

caf::error first_of(caf::error rules, caf::timespan timeout) {
  if (rules)
    return rules;
  if (timeout.count() < 0 || timeout > max_deadline)
    return caf::make_error(ec::invalid_argument,
                           std::string{"timeout must be from 0 to 10 s"});
  return {};
}

duration time_of(const store_context& store, caf::timespan timeout) {
  return timeout.count() == 0 ? duration{store.options.deadline}
                              : duration{timeout};
}

/// Makes the operation, which takes the deadline last, and begins its time.
template <class Operation, class Request, class... Ts>
operation_ptr make_at(instant now, store_context& store, const Request& x,
                      Ts&&... xs) {
  auto result = caf::make_counted<Operation>(std::forward<Ts>(xs)...,
                                             now + time_of(store, x.timeout));
  result->mark = {kind_of(x), now, store.metrics.get()};
  return result;
}

template <class Operation, class Request, class... Ts>
operation_ptr make(store_context& store, const Request& x, Ts&&... xs) {
  return make_at<Operation>(store.env.clock->now(), store, x,
                            std::forward<Ts>(xs)...);
}

} // namespace

// -- checks -------------------------------------------------------------------

caf::error check(const get_request& x) {
  return first_of(validate(x.key), x.timeout);
}

caf::error check(const upsert_request& x) {
  return first_of(validate(x.session), x.timeout);
}

caf::error check(const delete_request& x) {
  return first_of(validate(x.key), x.timeout);
}

caf::error check(const get_all_request& x) {
  return first_of(validate(x.set), x.timeout);
}

caf::error check(const delete_all_request& x) {
  return first_of(validate(x.set), x.timeout);
}

caf::error check(const delete_others_request& x) {
  return first_of(validate(x.keep), x.timeout);
}

caf::error check(const revoke_before_request& x) {
  return first_of(validate(x.set), x.timeout);
}

caf::error check(const resolve_request& x) {
  if (auto broken = first_of(validate(x.token.key), x.timeout))
    return broken;
  if (x.token.operation_id.size() > max_operation_id_bytes)
    return caf::make_error(
      ec::invalid_argument,
      std::string{"operation_id: must have at most 64 bytes"});
  return {};
}

// -- operations ---------------------------------------------------------------

operation_ptr make_operation(store_context& store, get_request& x) {
  return make<get_operation>(store, x, std::move(x.key));
}

operation_ptr make_operation(store_context& store, upsert_request& x) {
  auto now = store.env.clock->now();
  upsert_operation::arguments what;
  what.next = std::move(x.session);
  ++what.next.lock_version;
  what.guard = store.options.write_guard;
  if (auto& origin = x.origin; origin.operation_id != 0) {
    what.operation_id = to_hex(origin.operation_id);
    what.server_deadline = origin.server_deadline;
    what.in_doubt = origin.repeated;
    what.write_until = store.server_time.instant_of(origin.server_deadline);
  } else {
    what.operation_id = to_hex(store.env.random->next());
    what.write_until = now + time_to_write(time_of(store, x.timeout));
  }
  return make_at<upsert_operation>(now, store, x, std::move(what));
}

operation_ptr make_operation(store_context& store, delete_request& x) {
  return make<delete_one_operation>(store, x, std::move(x.key));
}

operation_ptr make_operation(store_context& store, get_all_request& x) {
  return make<get_all_operation>(store, x, std::move(x.set));
}

operation_ptr make_operation(store_context& store, delete_all_request& x) {
  return make<delete_all_operation>(store, x, std::move(x.set));
}

operation_ptr make_operation(store_context& store, delete_others_request& x) {
  return make<delete_others_operation>(store, x, std::move(x.keep));
}

operation_ptr make_operation(store_context& store, revoke_before_request& x) {
  return make<revoke_before_operation>(store, x, std::move(x.set),
                                       x.created_before);
}

operation_ptr make_operation(store_context& store, resolve_request& x) {
  return make<resolve_operation>(store, x, std::move(x.token));
}

} // namespace obol::internal
