#pragma once

#include "obol/error.hpp"
#include "obol/internal/clock.hpp"
#include "obol/internal/server_clock.hpp"
#include "obol/options.hpp"
#include "obol/reply.hpp"
#include "obol/signals.hpp"

#include <caf/error.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace obol::internal {

/// Which account a connection logs in with.
enum class account { data, registrar };

/// What is said on a new connection before it is used: HELLO, alone, since a
/// server that is full closes with a text that pipelined commands would lose;
/// then SELECT where a database is set; then TIME, for the server's clock.
/// Speaks RESP2.
class handshake {
public:
  enum class progress {
    /// Send `request` next.
    next,
    done,
    failed,
  };

  /// @pre `settings` outlives this object
  handshake(const options& settings, account who);

  /// The command to send now. Holds the password in the first step: wipe it.
  std::string request() const;

  /// The reply to it. `unix_ms` is what time this machine believes it is.
  progress on_reply(const reply& x, instant asked, instant answered,
                    std::int64_t unix_ms, server_clock& clock);

  /// Why it failed.
  const caf::error& failure() const {
    return failure_;
  }

  const server_facts& server() const {
    return server_;
  }

  /// How far the server's clock is ahead of ours.
  std::chrono::milliseconds clock_offset() const {
    return clock_offset_;
  }

  /// Then: what to warn of; empty if the clocks are close enough.
  std::string clock_warning() const;

private:
  enum class step { hello, select, time };

  progress on_hello(const reply& x);

  progress on_time(const reply& x, instant asked, instant answered,
                   std::int64_t unix_ms, server_clock& clock);

  progress fail(ec code, std::string text);

  const options& settings_;
  account who_;
  handshake::step step_ = step::hello;
  server_facts server_;
  std::chrono::milliseconds clock_offset_{0};
  caf::error failure_;
};

} // namespace obol::internal
