#pragma once

#include "obol/internal/answer.hpp"
#include "obol/signals.hpp"
#include "obol/stored_session.hpp"

#include <caf/error.hpp>

#include <cstddef>
#include <cstdint>

namespace obol::internal {

// What can stand in a label: closed lists, each counting from 0 and with a name
// for every value. `..._count` says how many there are.

/// What was asked for.
enum class request_kind : std::uint8_t {
  get,
  upsert,
  remove,
  get_all,
  remove_all,
  remove_others,
  revoke_before,
  resolve,
  /// A command of the store's own, which is not counted.
  none,
};

inline constexpr std::size_t request_kind_count
  = static_cast<std::size_t>(request_kind::none);

/// How a request ended.
enum class request_outcome : std::uint8_t {
  ok,
  /// Of a get: there is no such session.
  not_found,
  // As in `ec`.
  conflict,
  gone,
  session_expired,
  unavailable,
  overloaded,
  deadline_exceeded,
  shutting_down,
  outcome_unknown,
  refused,
  misconfigured,
  invalid_argument,
  /// Whoever asked did not wait, or had ended, when it had to be sent again or
  /// its turn came.
  abandoned,
  /// An error of the framework that no code of ours stands for.
  other,
};

inline constexpr std::size_t request_outcome_count
  = static_cast<std::size_t>(request_outcome::other) + 1;

/// Why a connection ended, so that another was opened in its place.
enum class reconnect_reason : std::uint8_t {
  /// It could not be opened.
  connect_failed,
  /// Connecting and the handshake took longer than `connect_timeout`.
  connect_timeout,
  /// It broke, or the server refused, during the handshake.
  handshake_failed,
  /// It owed replies and brought none for `command_timeout`.
  stalled,
  /// It was closed or reset, or what came was no reply.
  broken,
  /// The server no longer takes writes, or its replies answer nothing.
  unfit_server,
  /// `connection_max_lifetime` had passed.
  lifetime,
};

inline constexpr std::size_t reconnect_reason_count
  = static_cast<std::size_t>(reconnect_reason::lifetime) + 1;

/// An actor that is started again when it ends unexpectedly.
enum class restarted_actor : std::uint8_t { connection, pool, registrar };

inline constexpr std::size_t restarted_actor_count
  = static_cast<std::size_t>(restarted_actor::registrar) + 1;

/// How it ended.
enum class restart_reason : std::uint8_t { exception, killed, other };

inline constexpr std::size_t restart_reason_count
  = static_cast<std::size_t>(restart_reason::other) + 1;

inline constexpr std::size_t load_reason_count
  = static_cast<std::size_t>(load_reason::functions_missing) + 1;

inline constexpr std::size_t ignored_reason_count
  = static_cast<std::size_t>(ignored_reason::expired) + 1;

const char* label_of(request_kind x);
const char* label_of(request_outcome x);
const char* label_of(reconnect_reason x);
const char* label_of(restarted_actor x);
const char* label_of(restart_reason x);
const char* label_of(load_reason x);

/// The outcome that a failed request has.
request_outcome outcome_of(const caf::error& failure);

/// The outcome that an answer to its requester means.
request_outcome outcome_of(request_kind kind, const answer_ptr& answer);

/// How an actor ended, by the reason it gave.
restart_reason restart_reason_of(const caf::error& exit);

} // namespace obol::internal
