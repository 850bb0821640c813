#pragma once

#include "obol/endpoint.hpp"

#include <caf/expected.hpp>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace obol::demo {

/// A redis-server of our own on a Unix socket in a directory of its own,
/// without persistence. Both are gone when this object is, and soon after this
/// process, however it ends: a guardian process sees to that.
///
/// Start it before there are other threads; the guardian is forked.
class private_server {
public:
  static constexpr std::chrono::seconds start_limit{10};

  /// What is started unless somebody names another.
  static constexpr const char* default_program = "redis-server";

  /// Starts a server program by its path, or as found in PATH. Fails with
  /// `unavailable`, saying what to install or what the server complained about.
  static caf::expected<std::unique_ptr<private_server>>
  start(const std::string& name = default_program);

  ~private_server();
  private_server(const private_server&) = delete;
  private_server& operator=(const private_server&) = delete;

  obol::endpoint endpoint() const;

  /// Which program runs.
  const std::string& program() const {
    return program_;
  }

private:
  private_server(std::string program, std::filesystem::path directory);

  std::string socket_path() const;
  caf::error launch();
  bool is_listening() const;
  bool has_ended();

  std::string program_;
  std::filesystem::path directory_;
  pid_t guardian_ = -1;

  /// Open as long as we live: its end tells the guardian that we do not.
  int lifeline_ = -1;
};

} // namespace obol::demo
