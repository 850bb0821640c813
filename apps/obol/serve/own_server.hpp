#pragma once

#include "obol/log.hpp"
#include "obol/options.hpp"
#include "serve/embedded_server.hpp"
#include "serve/state_directory.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <memory>
#include <string>

namespace obol::serve {

/// The embedded server: where it lies and how it is started.
class own_server {
public:
  /// Finds the program and locks the directory. Fails with `unavailable`,
  /// saying what to install or who uses the directory.
  static caf::expected<own_server> prepare(const serve_options& settings);

  /// Sends a store to this server, and lets it sign with the secret kept here
  /// if it has none.
  caf::error use_in(options& settings) const;

  /// Where it listens.
  obol::endpoint endpoint() const;

  /// Starts it.
  embedded_server_actor spawn(caf::actor_system& system, log_sink log) const;

  const std::string& program() const {
    return program_;
  }

  const std::filesystem::path& path() const {
    return directory_->path();
  }

private:
  servers::server_command command() const;

  std::unique_ptr<state_directory> directory_;
  std::string program_;
  fsync_policy fsync_ = fsync_policy::everysec;
};

} // namespace obol::serve
