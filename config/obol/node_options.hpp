#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What can be set of nodes: processes that serve a store to others, and the
// clients of such processes.

namespace obol {

/// Where a node listens.
struct node_address {
  /// An address, or for clients also a name.
  std::string host = "127.0.0.1";

  /// 0 lets the system choose one, for those who listen.
  std::uint16_t port = 4390;

  friend bool operator==(const node_address&, const node_address&) = default;
};

/// `HOST:PORT`, `[ADDRESS]:PORT` or `HOST`. Fails with `invalid_argument`.
caf::expected<node_address> parse_node_address(std::string_view text);

/// The inverse of `parse_node_address`.
std::string to_string(const node_address& x);

/// Whether only this machine can reach it: 127.0.0.0/8, ::1 or `localhost`.
bool is_loopback(const node_address& x);

/// Who we are to other nodes, and whom we believe: three PEM files, or none for
/// no encryption. Whoever has a certificate of this authority is let in, so it
/// is one of your own that signs nothing else.
struct node_tls {
  /// Our certificate, and those between it and the authority.
  std::string certificate_file;

  /// Its private key, without a passphrase.
  std::string key_file;

  /// The authority's certificate.
  std::string ca_file;

  bool enabled() const {
    return !certificate_file.empty() || !key_file.empty() || !ca_file.empty();
  }

  friend bool operator==(const node_tls&, const node_tls&) = default;
};

/// What a node lets its peers do. A peer is one process that is connected.
struct gateway_limits {
  /// Requests that are under way at a time, of all peers and of one.
  std::size_t max_in_flight = 4096;
  std::size_t max_in_flight_per_peer = 1024;

  /// Requests a second, of all peers and of one; 0: any number.
  std::size_t max_rate = 0;
  std::size_t max_rate_per_peer = 0;

  /// Connections at a time.
  std::size_t max_peers = 256;

  friend bool operator==(const gateway_limits&,
                         const gateway_limits&) = default;
};

/// Everything that can be set of a node that serves a store.
struct node_options {
  using duration = std::chrono::milliseconds;

  /// Beyond this machine only with `tls`.
  node_address listen;

  node_tls tls;

  gateway_limits limits;

  /// For a new peer to show its certificate and to greet.
  duration handshake_timeout{5'000};

  friend bool operator==(const node_options&, const node_options&) = default;
};

/// Everything that can be set of a client of nodes.
struct remote_options {
  using duration = std::chrono::milliseconds;

  /// At least one. Beyond this machine only with `tls`.
  std::vector<node_address> nodes;

  node_tls tls;

  /// For a whole call that brings no timeout of its own.
  duration deadline{2'000};

  /// Calls that are under way at a time; one more is `overloaded`.
  std::size_t max_in_flight = 4096;

  /// For connecting to a node and hearing its first report.
  duration connect_timeout{2'000};

  /// A node is asked for a report so often, and is given up, its calls going to
  /// others, if it brings nothing for `progress_timeout`.
  duration probe_interval{500};
  duration progress_timeout{1'000};

  /// Bounds of the pause before connecting again.
  duration backoff_initial{100};
  duration backoff_max{5'000};

  friend bool operator==(const remote_options&,
                         const remote_options&) = default;
};

/// How many nodes a client may have.
inline constexpr std::size_t max_nodes = 64;

/// The first rule that is broken, as `invalid_argument`, or `misconfigured`
/// where sessions would cross a network unprotected. The text names the option.
/// Looks into no file.
caf::error validate(const node_tls& x);
caf::error validate(const node_options& x);
caf::error validate(const remote_options& x);

} // namespace obol
