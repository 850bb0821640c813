#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace obol::testing::internal {

/// What the clients of a run do.
enum class workload_kind : std::uint8_t {
  /// Many clients, few sessions.
  hot_sessions,
  /// Users log in, refresh, list their sessions, log out.
  login_product,
  /// More requests than the pool has room for; clients die, stores are stopped.
  pool_stress,
  /// The server is away, wrong or slow when the stores start.
  start_up,
  /// As hot_sessions, by clients of nodes that die and stand still.
  fleet,
};

inline constexpr std::array<workload_kind, 5> all_workloads = {
  workload_kind::hot_sessions,
  workload_kind::login_product,
  workload_kind::pool_stress,
  workload_kind::start_up,
  workload_kind::fleet,
};

std::string to_string(workload_kind x);

std::optional<workload_kind> workload_named(std::string_view name);

/// Ways to write a session store that are known to be wrong. The checker must
/// find out.
enum class known_bad : std::uint8_t {
  none,
  /// Charon's lock rule, under which a deleted session comes back.
  charon_rule,
  /// A lost upsert is sent again by that rule, and a conflict with itself is
  /// reported as one with another.
  blind_resend,
  /// A lost upsert is called applied if a read shows it, else not applied.
  reread,
};

std::string to_string(known_bad x);

std::optional<known_bad> known_bad_named(std::string_view name);

/// A session of a workload, and the set (user and type) it belongs to. Both
/// count from 1; 0 stands for none.
struct session_name {
  std::uint32_t set = 0;
  std::uint32_t number = 0;

  friend bool operator==(session_name, session_name) = default;
};

} // namespace obol::testing::internal
