#pragma once

#include "obol/endpoint.hpp"
#include "obol/formats.hpp"
#include "obol/secret.hpp"
#include "obol/serve_options.hpp"

#include <caf/error.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace obol {

/// Whether the store brings its functions to the server.
enum class function_loading {
  /// It loads them where they are missing.
  load,
  /// An operator did; the account needs no permission to load.
  preloaded,
};

/// What is worth a line in the log: itself and everything before it.
enum class log_level { off, error, warning, info, debug };

/// How a line of log is written.
enum class log_format { logfmt, json };

/// A key that sessions were signed with, or will be.
struct named_key {
  /// `[A-Za-z0-9_-]{1,8}`; part of what `signature_format::v2` signs.
  std::string id;

  /// 32 bytes.
  secret key;

  named_key clone() const {
    return {id, key.clone()};
  }

  friend bool operator==(const named_key&, const named_key&) = default;
};

/// How many connections there are, and what happens when all are busy.
struct pool_options {
  /// Connections that are always open.
  std::size_t size = 10;

  /// More connections, opened while the others have no room.
  std::size_t max_overflow = 5;

  /// Requests that one connection carries at a time; 1 is exclusive use.
  std::size_t max_in_flight = 256;

  /// Requests that wait for room; one more is `overloaded`.
  std::size_t max_waiting = 1024;

  /// How long a request waits for room.
  std::chrono::milliseconds checkout_timeout{1'000};

  /// How long an overflow connection stays open without work.
  std::chrono::milliseconds overflow_linger{30'000};

  friend bool operator==(const pool_options&, const pool_options&) = default;
};

/// Everything that can be set, with the defaults. `validate` says whether the
/// values go together; who spawns a store calls it.
struct options {
  using duration = std::chrono::milliseconds;

  // -- the server -------------------------------------------------------------

  obol::endpoint endpoint;

  /// Empty: the server's default user.
  std::string username;

  secret password;

  /// A second account that may load functions; empty: the first one does it.
  std::string registrar_username;

  secret registrar_password;

  /// The number given to SELECT; 0 sends none.
  std::size_t database = 0;

  /// How the connections are called in the server's CLIENT LIST.
  std::string client_name = "obol";

  // -- connections ------------------------------------------------------------

  pool_options pool;

  /// For name resolution, connecting and the handshake together.
  duration connect_timeout{2'000};

  /// A connection that owes replies and brings none for so long is broken.
  duration command_timeout{500};

  /// For a whole call that brings no deadline of its own.
  duration deadline{2'000};

  /// Bounds of the pause before connecting again.
  duration backoff_initial{100};
  duration backoff_max{10'000};

  /// An idle connection is probed so often.
  duration health_check_interval{5'000};

  /// How long sent bytes may stay unacknowledged; 0: the system's default.
  duration tcp_user_timeout{10'000};

  duration keepalive_idle{30'000};
  duration keepalive_interval{10'000};
  std::size_t keepalive_probes = 3;

  /// A connection is replaced at this age, give or take a tenth; 0: never.
  duration connection_max_lifetime{std::chrono::minutes{30}};

  // -- sessions ---------------------------------------------------------------

  /// A larger stored session is refused.
  std::size_t max_session_bytes = 256 * 1024;

  /// Stands in for the expiry that records of very old versions lack.
  duration refresh_token_ttl{std::chrono::hours{60 * 24}};

  /// What all keys begin with.
  std::string key_prefix = "charon_";

  obol::layout layout = obol::layout::automatic;
  obol::payload_format payload_format = obol::payload_format::etf;
  obol::signature_format signature_format = obol::signature_format::charon;
  obol::write_guard write_guard = obol::write_guard::exactly_once;
  function_loading functions = function_loading::load;

  /// How far the server's clock may be from ours: more is logged, or keeps the
  /// store from becoming ready.
  duration clock_offset_warning{1'000};
  duration clock_offset_max{30'000};

  // -- keys: a base secret or a signing key -----------------------------------

  /// What the signing key is derived from.
  secret base_secret;

  /// The signing key itself, 32 bytes.
  secret signing_key;

  /// Its name, whether it is derived or given.
  std::string signing_key_id = "main";

  /// Keys that earlier sessions may be signed with.
  std::vector<named_key> verify_keys;

  // -- this process -----------------------------------------------------------

  obol::log_level log_level = obol::log_level::info;

  obol::log_format log_format = obol::log_format::logfmt;

  /// For how long one idle worker of a facade looks for replies before it
  /// sleeps, in microseconds; costs up to a core while it does. At least 50
  /// while 32 replies or more are due.
  std::size_t idle_spin_us = 0;

  // -- `obol serve` -----------------------------------------------------------

  /// Has rules, and a `validate`, of its own.
  serve_options serve;

  /// A copy, secrets included.
  options clone() const;

  friend bool operator==(const options&, const options&) = default;
};

/// No whole call may take longer.
inline constexpr std::chrono::milliseconds max_deadline{10'000};

/// The largest value of `max_session_bytes`: a stored session travels as one
/// bulk string, of which a reply may hold 4 MiB. No node takes a larger one.
inline constexpr std::size_t max_session_limit = 2 * 1024 * 1024;

/// Size of every signing key, in bytes.
inline constexpr std::size_t signing_key_size = 32;

/// The first rule that is broken: `invalid_argument`, or `misconfigured` for
/// what this release cannot do. The text names the option, its value unless it
/// is secret, and what is allowed.
caf::error validate(const options& x);

/// Every option with its value, one a line, without secrets.
std::string to_string(const options& x);

} // namespace obol
