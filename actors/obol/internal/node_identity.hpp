#pragma once

#include "obol/node_options.hpp"

#include <caf/expected.hpp>
#include <openssl/types.h>

#include <memory>
#include <string>

namespace obol::internal {

/// A process' certificate, key and authority, read and found to go together:
/// what TLS sessions are made from. Safe to use from any thread.
class node_identity {
public:
  /// Fails with `misconfigured`; the text names the option, and what is wrong.
  static caf::expected<node_identity> load(const node_tls& files);

  /// A session over a connected socket: that of who listens. Null if there is
  /// no memory.
  SSL* accept(int socket) const;

  /// That of who connects. The peer's certificate must be for `host`, a name or
  /// an address.
  SSL* connect(int socket, const std::string& host) const;

private:
  explicit node_identity(std::shared_ptr<SSL_CTX> context)
    : context_(std::move(context)) {
  }

  SSL* make(int socket) const;

  std::shared_ptr<SSL_CTX> context_;
};

} // namespace obol::internal
