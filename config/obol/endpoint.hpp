#pragma once

#include <cstdint>
#include <string>

namespace obol {

/// Where a server listens.
struct endpoint {
  enum class kind { tcp, unix_socket };

  endpoint::kind kind = endpoint::kind::tcp;

  /// Name or address, for TCP.
  std::string host = "localhost";

  std::uint16_t port = 6379;

  /// Path of the socket, for Unix sockets.
  std::string path;

  /// Whether the connection is encrypted.
  bool tls = false;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

} // namespace obol
