#pragma once

#include "obol/internal/node_identity.hpp"

#include <caf/io/doorman.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/scribe.hpp>

#include <memory>
#include <string>

namespace obol::internal {

// Connections between nodes for CAF's brokers, plain or encrypted. CAF has
// scribes for both, which are not used: its plain ones take two system calls to
// read a frame, and with its encrypted ones a peer that fails at its handshake
// breaks other connections, or closes the door for good (docs/decisions.md).

/// A connection that was made to `host`; the socket is taken over. Not
/// encrypted without `identity`. Null if no session can be made.
caf::io::scribe_ptr
make_link_scribe(caf::io::network::default_multiplexer& events,
                 caf::io::network::native_socket socket,
                 const node_identity* identity, const std::string& host);

/// A door on a socket that listens.
caf::io::doorman_ptr
make_link_doorman(caf::io::network::default_multiplexer& events,
                  caf::io::network::native_socket socket,
                  std::shared_ptr<const node_identity> identity);

} // namespace obol::internal
