#include "obol/internal/remote_request.hpp"

#include "obol/error.hpp"
#include "obol/internal/make_operation.hpp"
#include "obol/message_inspect.hpp"
#include "obol/options.hpp"

#include <string>
#include <utility>

namespace obol::internal {

namespace {

/// Calls `f` with the request; `Message` is a message or a tuple.
template <class Message, class F>
auto visit(Message& x, request_kind kind, F f) {
  switch (kind) {
    case request_kind::get:
      return f(x.template get_as<get_request>(0));
    case request_kind::upsert:
      return f(x.template get_as<upsert_request>(0));
    case request_kind::remove:
      return f(x.template get_as<delete_request>(0));
    case request_kind::get_all:
      return f(x.template get_as<get_all_request>(0));
    case request_kind::remove_all:
      return f(x.template get_as<delete_all_request>(0));
    case request_kind::remove_others:
      return f(x.template get_as<delete_others_request>(0));
    case request_kind::revoke_before:
      return f(x.template get_as<revoke_before_request>(0));
    case request_kind::resolve:
    case request_kind::none:
      break;
  }
  return f(x.template get_as<resolve_request>(0));
}

/// A message whose elements are handed out to be changed.
struct changeable {
  caf::message& content;

  template <class T>
  T& get_as(std::size_t i) {
    return content.get_mutable_as<T>(i);
  }
};

/// Whether a node may take it. Names have been checked, so that only a payload
/// can be too large for a frame (`max_request_bytes`), which would end one
/// node's connection after the other. What a node allows besides, it says.
caf::error check_size(const upsert_request& x) {
  if (x.session.extra_payload.etf().size() <= max_session_limit)
    return {};
  return caf::make_error(ec::invalid_argument,
                         "extra_payload: must have at most "
                           + std::to_string(max_session_limit)
                           + " bytes for a node");
}

session_event event(session_event_kind kind, session_key key) {
  return {kind, std::move(key)};
}

session_event whole_set(const session_set& x) {
  return event(session_event_kind::deleted_all, {"", x.user_id, x.type});
}

std::optional<session_event> event_of_upsert(const caf::message& request,
                                             const caf::message& answer) {
  if (answer.match_elements<session>()) {
    auto& stored = answer.get_as<session>(0);
    return event(stored.lock_version == 1 ? session_event_kind::created
                                          : session_event_kind::refreshed,
                 stored.key());
  }
  if (answer.match_elements<caf::error>()
      && code_of(answer.get_as<caf::error>(0)) == ec::conflict)
    return event(session_event_kind::lock_conflict,
                 request.get_as<upsert_request>(0).session.key());
  return std::nullopt;
}

} // namespace

request_kind kind_of_content(const caf::type_erased_tuple& x) {
  if (x.size() != 1)
    return request_kind::none;
  if (x.match_element<get_request>(0))
    return request_kind::get;
  if (x.match_element<upsert_request>(0))
    return request_kind::upsert;
  if (x.match_element<delete_request>(0))
    return request_kind::remove;
  if (x.match_element<get_all_request>(0))
    return request_kind::get_all;
  if (x.match_element<delete_all_request>(0))
    return request_kind::remove_all;
  if (x.match_element<delete_others_request>(0))
    return request_kind::remove_others;
  if (x.match_element<revoke_before_request>(0))
    return request_kind::revoke_before;
  if (x.match_element<resolve_request>(0))
    return request_kind::resolve;
  return request_kind::none;
}

call_kind effect_of(request_kind x) {
  switch (x) {
    case request_kind::get:
    case request_kind::get_all:
    case request_kind::resolve:
    case request_kind::none:
      return call_kind::read;
    case request_kind::upsert:
      return call_kind::upsert;
    case request_kind::remove:
    case request_kind::remove_all:
    case request_kind::remove_others:
    case request_kind::revoke_before:
      break;
  }
  return call_kind::remove;
}

caf::error check(const caf::type_erased_tuple& x, request_kind kind) {
  auto broken = visit(x, kind, [](auto& request) { return check(request); });
  if (!broken && kind == request_kind::upsert)
    return check_size(x.get_as<upsert_request>(0));
  return broken;
}

caf::timespan timeout_of(const caf::message& x, request_kind kind) {
  return visit(x, kind, [](auto& request) { return request.timeout; });
}

void set_timeout(caf::message& x, request_kind kind, caf::timespan value) {
  changeable content{x};
  visit(content, kind, [value](auto& request) { request.timeout = value; });
}

std::optional<session_event> event_of(const caf::message& request,
                                      request_kind kind,
                                      const caf::message& answer) {
  if (kind == request_kind::upsert)
    return event_of_upsert(request, answer);
  if (effect_of(kind) == call_kind::read || !answer.match_elements<removed>())
    return std::nullopt;
  switch (kind) {
    case request_kind::remove:
      return event(session_event_kind::deleted,
                   request.get_as<delete_request>(0).key);
    case request_kind::remove_all:
      return whole_set(request.get_as<delete_all_request>(0).set);
    case request_kind::remove_others:
      return whole_set(request.get_as<delete_others_request>(0).keep.set());
    default:
      break;
  }
  // Nothing was to be revoked.
  if (answer.get_as<removed>(0).count == 0)
    return std::nullopt;
  return whole_set(request.get_as<revoke_before_request>(0).set);
}

} // namespace obol::internal
