#pragma once

#include <caf/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace obol::monitoring {

/// Where an HTTP endpoint listens.
struct listen_address {
  /// In digits, without brackets; `localhost` is 127.0.0.1.
  std::string host = "127.0.0.1";

  /// 0: one that is free.
  std::uint16_t port = 0;

  /// Whether `host` may be one that other machines reach. Whoever reaches it
  /// reads the metrics: there is neither a password nor TLS.
  bool beyond_loopback = false;
};

/// Reads `HOST:PORT`, like `127.0.0.1:9464` or `[::1]:0`. Fails with
/// `invalid_argument`; the text quotes nothing.
caf::expected<listen_address> parse_listen_address(std::string_view text);

/// A socket that listens there, and the port it got. Fails with
/// `invalid_argument` if the address breaks a rule of `listen_address`, and
/// with `unavailable` and the system's reason if it cannot be had.
struct listener {
  int socket = -1;
  std::uint16_t port = 0;
};

caf::expected<listener> listen_at(const listen_address& where);

} // namespace obol::monitoring
