#pragma once

#include "obol/node_options.hpp"

#include <chrono>
#include <string>

namespace obol {

/// How soon what an embedded server was told is safe from a loss of power. A
/// crash of that server or of this process loses nothing either way.
enum class fsync_policy {
  /// About a second later.
  everysec,
  /// Before it is answered.
  always,
};

/// What `obol serve` needs besides a store; stores in other processes ignore
/// it.
struct serve_options {
  using duration = std::chrono::milliseconds;

  /// The store as a service for other processes.
  node_options node;

  /// Where metrics and health are asked for, on this machine only; without a
  /// host: nowhere.
  node_address metrics_listen{"127.0.0.1", 4391};

  /// How long a stop waits for the calls that are under way.
  duration drain_timeout{12'000};

  // -- the embedded server ----------------------------------------------------

  /// Where the sessions of an embedded server are kept; empty: what systemd
  /// names, or the user's own directory for state.
  std::string state_dir;

  /// What is started; empty: redis-server, or valkey-server without one.
  std::string server_program;

  fsync_policy server_fsync = fsync_policy::everysec;

  friend bool operator==(const serve_options&, const serve_options&) = default;
};

/// The first rule that is broken, also of the node; see `validate` there.
caf::error validate(const serve_options& x);

} // namespace obol
