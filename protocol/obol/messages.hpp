#pragma once

#include "obol/formats.hpp"
#include "obol/session.hpp"

#include <caf/actor.hpp>
#include <caf/error.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What clients and stores say to each other. `timeout` is the time the whole
// call may take, counted from when the store receives it; zero means the
// store's own default.

namespace obol {

// -- requests -----------------------------------------------------------------

struct get_request {
  session_key key;
  caf::timespan timeout{0};
};

/// What makes copies of one upsert one, where they go through several stores.
/// Who asks one store leaves it as it is.
struct upsert_origin {
  /// Of all copies; 0 lets the store make one.
  std::uint64_t operation_id = 0;
  /// Milliseconds since the Unix epoch on the server's clock. No copy takes
  /// effect after it. Set where `operation_id` is.
  std::int64_t server_deadline = 0;
  /// An earlier copy may have taken effect.
  bool repeated = false;

  friend bool operator==(const upsert_origin&, const upsert_origin&) = default;
};

struct upsert_request {
  obol::session session;
  caf::timespan timeout{0};
  upsert_origin origin = {};
};

struct delete_request {
  session_key key;
  caf::timespan timeout{0};
};

struct get_all_request {
  session_set set;
  caf::timespan timeout{0};
};

struct delete_all_request {
  session_set set;
  caf::timespan timeout{0};
};

/// Deletes all sessions of the set but the one named.
struct delete_others_request {
  session_key keep;
  caf::timespan timeout{0};
};

/// Deletes the sessions of the set that were created before `created_before`.
struct revoke_before_request {
  session_set set;
  unix_seconds created_before = 0;
  caf::timespan timeout{0};
};

/// What it takes to find out later whether an upsert with a lost reply took
/// effect. Comes with `ec::outcome_unknown`.
struct resolution_token {
  session_key key;
  /// The lock version the upsert would have stored.
  std::int64_t lock_version = 0;
  /// 16 hex digits, made fresh for every upsert.
  std::string operation_id;
  /// Milliseconds since the Unix epoch on the server's clock. No copy of the
  /// upsert takes effect after it, unless `write_guard` is `charon`.
  std::int64_t server_deadline = 0;
};

/// The token an error carries; empty unless it is `ec::outcome_unknown` of an
/// upsert.
std::optional<resolution_token> token_of(const caf::error& error);

struct resolve_request {
  resolution_token token;
  caf::timespan timeout{0};
};

/// What became of an upsert.
enum class resolution : std::uint8_t { applied, not_applied, unknown };

std::string to_string(resolution x);

/// INTERNAL, from a remote client to a gateway: asks for a `node_report`.
struct probe_request {};

/// Asks for `store_status`.
struct status_request {};

/// Is answered when the store is ready, or with `ec::unavailable` and the
/// reason when `timeout` has passed.
struct wait_ready_request {
  caf::timespan timeout{0};
};

/// Lets `subscriber` receive a `session_event` for each change made through
/// this store, until it terminates.
struct subscribe_request {
  caf::actor subscriber;
};

// -- answers ------------------------------------------------------------------

/// A session, or nothing: it does not exist, has expired, or is not authentic.
struct get_answer {
  std::optional<obol::session> session;
};

struct get_all_answer {
  std::vector<obol::session> sessions;
};

/// How many sessions a delete removed, as far as the server told. After a lost
/// reply the repeated delete may find nothing left and report 0.
struct removed {
  std::int64_t count = 0;
};

enum class session_event_kind : std::uint8_t {
  created,
  refreshed,
  deleted,
  deleted_all,
  lock_conflict,
};

std::string to_string(session_event_kind x);

/// Something that happened through this store. `key.id` is empty where a whole
/// set was meant.
struct session_event {
  session_event_kind kind = session_event_kind::created;
  session_key key;
};

/// What the pool can do for the next request.
enum class pool_phase : std::uint8_t {
  /// A connection has room.
  ready,
  /// Overflow connections are in use.
  overflow,
  /// Every connection is full; requests wait or are shed.
  full,
  /// No connection is ready.
  not_ready,
};

std::string to_string(pool_phase x);

/// Counts of the pool at one instant.
struct pool_counts {
  std::uint32_t idle = 0;
  std::uint32_t busy = 0;
  std::uint32_t connecting = 0;
  std::uint32_t overflow = 0;
  std::uint32_t waiting = 0;
  std::uint32_t in_flight = 0;
  /// Sent to a connection since the start, by connection slot.
  std::vector<std::uint64_t> routed;
};

/// How many stored entries were passed over on read, by reason.
struct ignored_counts {
  std::uint64_t too_large = 0;
  std::uint64_t unknown_format = 0;
  std::uint64_t unknown_key = 0;
  std::uint64_t bad_signature = 0;
  std::uint64_t undecodable = 0;
  std::uint64_t wrong_owner = 0;
};

struct store_status {
  pool_phase phase = pool_phase::not_ready;
  /// Why the store is not ready; empty when it is.
  std::string reason;
  pool_counts pool;
  /// `hash_field_expiry` or `three_set`; empty until known.
  std::string layout;
  /// As the server names itself, for example `redis 7.0.15`.
  std::string server;
  ignored_counts ignored;
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_lost = 0;
  /// How often functions were loaded into the server by this store.
  std::uint64_t functions_loaded = 0;
};

/// INTERNAL: how a node is, for a client that chooses among several.
struct node_report {
  store_status status;
  /// Milliseconds since the Unix epoch, as the node believes of the server's
  /// clock.
  std::int64_t server_ms = 0;
  /// Whether a copy of an upsert is recognised (`write_guard = exactly_once`).
  bool recognises_copies = false;
};

} // namespace obol
