#pragma once

#include "bench/dataset.hpp"
#include "bench/remote/peer_process.hpp"
#include "bench/remote/throwaway_identity.hpp"
#include "obol/options.hpp"

#include <caf/expected.hpp>

#include <memory>

namespace obol::bench {

/// The other processes of the remote part: nodes that serve a store like the
/// one in this process, and echoes.
struct remote_peers {
  /// Start it before there are other threads.
  static caf::expected<std::unique_ptr<remote_peers>>
  start(const options& store_options, const dataset_size& size);

  throwaway_identity identity;
  std::unique_ptr<peer_process> node;
  std::unique_ptr<peer_process> node_tls;
  std::unique_ptr<peer_process> echo;
  std::unique_ptr<peer_process> echo_tls;
};

} // namespace obol::bench
