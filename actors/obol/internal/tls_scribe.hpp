#pragma once

#include "obol/internal/node_identity.hpp"
#include "obol/internal/tls_session.hpp"

#include <caf/io/doorman.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/scribe.hpp>

#include <memory>
#include <string>

namespace obol::internal {

// Encrypted connections for CAF's brokers. CAF has a module for that, which is
// not used: one peer that fails at its handshake breaks other connections, or
// closes the door for good (docs/decisions.md).

/// A connection that was made to `host`; the socket is taken over. Null if no
/// session can be made.
caf::io::scribe_ptr
make_tls_scribe(caf::io::network::default_multiplexer& events,
                caf::io::network::native_socket socket,
                const node_identity& identity, const std::string& host);

/// A door on a socket that listens.
caf::io::doorman_ptr
make_tls_doorman(caf::io::network::default_multiplexer& events,
                 caf::io::network::native_socket socket,
                 std::shared_ptr<const node_identity> identity);

} // namespace obol::internal
