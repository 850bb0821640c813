#pragma once

#include <optional>
#include <string_view>

namespace obol::bench {

/// What clients do.
enum class workload {
  /// Read a session that is there.
  get,
  /// Read one that is not.
  miss,
  /// Store a session of a new user.
  login,
  /// Read one's own session, then store it: one operation, two requests.
  refresh,
  /// Store one's own session, again and again, without reading it.
  upsert,
  /// Read the five sessions of a user.
  list,
  /// 80 % get, 15 % refresh, 3 % login, 2 % list.
  mixed,
};

inline constexpr workload all_workloads[]
  = {workload::get,    workload::miss, workload::login, workload::refresh,
     workload::upsert, workload::list, workload::mixed};

/// The enumerator's name.
std::string_view name_of(workload x);

/// The workload of that name, if there is one.
std::optional<workload> workload_named(std::string_view name);

} // namespace obol::bench
