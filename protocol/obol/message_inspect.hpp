#pragma once

#include "obol/messages.hpp"

#include <caf/detail/stringification_inspector.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/sec.hpp>

#include <optional>
#include <type_traits>

// How messages cross a wire, and how they look in a log: without content.

namespace obol {

namespace detail {

template <class Inspector>
inline constexpr bool is_printing
  = std::is_base_of_v<caf::detail::stringification_inspector, Inspector>;

/// Serialises the fields, but prints only the type's name.
template <class Inspector, class... Ts>
auto inspect_redacted(Inspector& f, const char* name, Ts&... fields) {
  if constexpr (is_printing<Inspector>) {
    return f(caf::meta::type_name(name));
  } else {
    return f(fields...);
  }
}

template <class T>
struct optional_view {
  std::optional<T>& value;

  template <class Inspector>
  friend auto inspect(Inspector& f, optional_view& x) {
    auto present = x.value.has_value();
    auto content = present ? *x.value : T{};
    auto assign = [&x, &present, &content]() -> caf::error {
      if (present)
        x.value = std::move(content);
      else
        x.value.reset();
      return caf::none;
    };
    return f(present, content, caf::meta::load_callback(assign));
  }
};

} // namespace detail

template <class Inspector>
auto inspect(Inspector& f, user_id& x) {
  auto kind = x.kind();
  auto text = x.text();
  auto assign = [&x, &kind, &text]() -> caf::error {
    auto loaded = user_id::from(kind, std::move(text));
    if (!loaded)
      return caf::sec::invalid_argument;
    x = std::move(*loaded);
    return caf::none;
  };
  auto load = caf::meta::load_callback(assign);
  return detail::inspect_redacted(f, "user_id", kind, text, load);
}

template <class Inspector>
auto inspect(Inspector& f, session_key& x) {
  return detail::inspect_redacted(f, "session_key", x.id, x.user_id, x.type);
}

template <class Inspector>
auto inspect(Inspector& f, session_set& x) {
  return detail::inspect_redacted(f, "session_set", x.user_id, x.type);
}

template <class Inspector>
auto inspect(Inspector& f, session& x) {
  detail::optional_view<unix_seconds> expires_at{x.expires_at};
  return detail::inspect_redacted(
    f, "session", x.id, x.user_id, x.type, x.created_at, x.refreshed_at,
    x.refresh_expires_at, expires_at, x.refresh_token_id, x.tokens_fresh_from,
    x.prev_tokens_fresh_from, x.lock_version, x.extra_payload, x.version);
}

template <class Inspector>
auto inspect(Inspector& f, resolution_token& x) {
  return detail::inspect_redacted(f, "resolution_token", x.key, x.lock_version,
                                  x.operation_id, x.server_deadline);
}

template <class Inspector>
auto inspect(Inspector& f, get_request& x) {
  return f(caf::meta::type_name("get_request"), x.key, x.timeout);
}

template <class Inspector>
auto inspect(Inspector& f, upsert_origin& x) {
  return detail::inspect_redacted(f, "upsert_origin", x.operation_id,
                                  x.server_deadline, x.repeated);
}

template <class Inspector>
auto inspect(Inspector& f, upsert_request& x) {
  return f(caf::meta::type_name("upsert_request"), x.session, x.timeout,
           x.origin);
}

template <class Inspector>
auto inspect(Inspector& f, delete_request& x) {
  return f(caf::meta::type_name("delete_request"), x.key, x.timeout);
}

template <class Inspector>
auto inspect(Inspector& f, get_all_request& x) {
  return f(caf::meta::type_name("get_all_request"), x.set, x.timeout);
}

template <class Inspector>
auto inspect(Inspector& f, delete_all_request& x) {
  return f(caf::meta::type_name("delete_all_request"), x.set, x.timeout);
}

template <class Inspector>
auto inspect(Inspector& f, delete_others_request& x) {
  return f(caf::meta::type_name("delete_others_request"), x.keep, x.timeout);
}

template <class Inspector>
auto inspect(Inspector& f, revoke_before_request& x) {
  return f(caf::meta::type_name("revoke_before_request"), x.set,
           x.created_before, x.timeout);
}

template <class Inspector>
auto inspect(Inspector& f, resolve_request& x) {
  return f(caf::meta::type_name("resolve_request"), x.token, x.timeout);
}

template <class Inspector>
auto inspect(Inspector& f, probe_request&) {
  return f(caf::meta::type_name("probe_request"));
}

template <class Inspector>
auto inspect(Inspector& f, status_request&) {
  return f(caf::meta::type_name("status_request"));
}

template <class Inspector>
auto inspect(Inspector& f, wait_ready_request& x) {
  return f(caf::meta::type_name("wait_ready_request"), x.timeout);
}

template <class Inspector>
auto inspect(Inspector& f, subscribe_request& x) {
  return f(caf::meta::type_name("subscribe_request"), x.subscriber);
}

template <class Inspector>
auto inspect(Inspector& f, get_answer& x) {
  detail::optional_view<session> content{x.session};
  return detail::inspect_redacted(f, "get_answer", content);
}

template <class Inspector>
auto inspect(Inspector& f, get_all_answer& x) {
  return detail::inspect_redacted(f, "get_all_answer", x.sessions);
}

template <class Inspector>
auto inspect(Inspector& f, removed& x) {
  return f(caf::meta::type_name("removed"), x.count);
}

template <class Inspector>
auto inspect(Inspector& f, session_event& x) {
  return f(caf::meta::type_name("session_event"), x.kind, x.key);
}

template <class Inspector>
auto inspect(Inspector& f, pool_counts& x) {
  return f(caf::meta::type_name("pool_counts"), x.idle, x.busy, x.connecting,
           x.overflow, x.waiting, x.in_flight, x.routed);
}

template <class Inspector>
auto inspect(Inspector& f, ignored_counts& x) {
  return f(caf::meta::type_name("ignored_counts"), x.too_large,
           x.unknown_format, x.unknown_key, x.bad_signature, x.undecodable,
           x.wrong_owner);
}

template <class Inspector>
auto inspect(Inspector& f, store_status& x) {
  return f(caf::meta::type_name("store_status"), x.phase, x.reason, x.pool,
           x.layout, x.server, x.ignored, x.connections_opened,
           x.connections_lost, x.functions_loaded);
}

template <class Inspector>
auto inspect(Inspector& f, node_report& x) {
  return f(caf::meta::type_name("node_report"), x.status, x.server_ms,
           x.recognises_copies);
}

} // namespace obol
