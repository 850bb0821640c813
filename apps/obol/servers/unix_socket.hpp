#pragma once

#include <cstddef>
#include <string>

namespace obol::servers {

/// The longest path of a Unix socket, in bytes.
inline constexpr std::size_t max_socket_path_size = 107;

/// A connection to the Unix socket of that path, or -1. Reading from it gives
/// up after five seconds.
int connect_to(const std::string& path);

/// Whether a server there answers a request, if only with LOADING. One that has
/// opened its socket may still end before it does: over a file it cannot read.
bool is_answered(const std::string& path);

} // namespace obol::servers
