#pragma once

#include <openssl/bio.h>

namespace obol::internal {

/// A socket for OpenSSL to read and write, as `BIO_new_socket` makes one, but
/// for one thing: to write where the peer has hung up fails, and does not end
/// the process by SIGPIPE. Does not close the socket.
/// @returns null without memory
BIO* make_tls_socket(int socket);

} // namespace obol::internal
