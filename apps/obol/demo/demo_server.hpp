#pragma once

#include "obol/options.hpp"
#include "serve/own_server.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/expected.hpp>

#include <memory>
#include <string>

namespace obol::demo {

/// The server that `obol serve` would embed, in a directory for demos, which is
/// removed at the end. A demo that is killed leaves it to the next one; its
/// server ends with it all the same.
class demo_server {
public:
  /// Starts it. Fails with `unavailable`, saying what to install, who uses the
  /// directory or what the server complained about.
  static caf::expected<std::unique_ptr<demo_server>>
  start(const serve_options& settings);

  /// Ends the server and removes its directory.
  ~demo_server();
  demo_server(const demo_server&) = delete;
  demo_server& operator=(const demo_server&) = delete;

  /// Sends a store to this server, as its one account.
  void use_in(options& settings) const;

  /// Which program runs.
  const std::string& program() const {
    return own_.program();
  }

  /// Removes every function from the server; false if it did not.
  bool flush_functions() const;

private:
  explicit demo_server(serve::own_server own);

  caf::error launch();

  serve::own_server own_;
  caf::actor_system_config config_;
  caf::actor_system system_;
  serve::embedded_server_actor actor_;
};

} // namespace obol::demo
