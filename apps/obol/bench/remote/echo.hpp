#pragma once

#include "bench/dataset.hpp"
#include "bench/remote/peer_process.hpp"
#include "obol/interfaces.hpp"
#include "obol/node_options.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <cstdint>
#include <memory>

namespace obol::bench {

// The yardstick of nodes: the messages of a get, sent to an actor of another
// process that answers each with a session it has ready. What CAF's
// distribution costs alone, without a store behind it.

/// Serves an echo, in the process where it is called, by CAF as it comes: its
/// scheduler, its TCP or, with `tls`, its OpenSSL module.
caf::expected<open_port> open_echo(const dataset& data, const node_tls& tls);

/// A connection to an echo.
class echo_client {
public:
  /// Fails with `unavailable`.
  static caf::expected<std::unique_ptr<echo_client>>
  connect(std::uint16_t port, const node_tls& tls);

  ~echo_client();

  caf::actor_system& system() const;

  /// Answers gets only.
  const store_actor& actor() const;

private:
  struct implementation;

  explicit echo_client(std::unique_ptr<implementation> impl);

  std::unique_ptr<implementation> impl_;
};

} // namespace obol::bench
