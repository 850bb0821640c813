#pragma once

#include "obol/internal/operation.hpp"
#include "obol/internal/store_context.hpp"
#include "obol/messages.hpp"

#include <caf/error.hpp>

namespace obol::internal {

// What a request asks for, checked and then turned into the operation that
// carries it out. Any thread may do both.

/// Why the request breaks a rule; empty if it keeps them all.
caf::error check(const get_request& x);
caf::error check(const upsert_request& x);
caf::error check(const delete_request& x);
caf::error check(const get_all_request& x);
caf::error check(const delete_all_request& x);
caf::error check(const delete_others_request& x);
caf::error check(const revoke_before_request& x);
caf::error check(const resolve_request& x);

/// What kind a request is of.
constexpr request_kind kind_of(const get_request&) {
  return request_kind::get;
}
constexpr request_kind kind_of(const upsert_request&) {
  return request_kind::upsert;
}
constexpr request_kind kind_of(const delete_request&) {
  return request_kind::remove;
}
constexpr request_kind kind_of(const get_all_request&) {
  return request_kind::get_all;
}
constexpr request_kind kind_of(const delete_all_request&) {
  return request_kind::remove_all;
}
constexpr request_kind kind_of(const delete_others_request&) {
  return request_kind::remove_others;
}
constexpr request_kind kind_of(const revoke_before_request&) {
  return request_kind::revoke_before;
}
constexpr request_kind kind_of(const resolve_request&) {
  return request_kind::resolve;
}

/// Takes the request apart. Its time begins now.
/// @pre `check` found nothing
operation_ptr make_operation(store_context& store, get_request& x);
operation_ptr make_operation(store_context& store, upsert_request& x);
operation_ptr make_operation(store_context& store, delete_request& x);
operation_ptr make_operation(store_context& store, get_all_request& x);
operation_ptr make_operation(store_context& store, delete_all_request& x);
operation_ptr make_operation(store_context& store, delete_others_request& x);
operation_ptr make_operation(store_context& store, revoke_before_request& x);
operation_ptr make_operation(store_context& store, resolve_request& x);

} // namespace obol::internal
