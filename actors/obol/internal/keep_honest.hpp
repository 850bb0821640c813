#pragma once

#include "obol/internal/transport.hpp"

namespace obol::internal {

/// Lets the kernel end a TCP connection whose other side is gone without a
/// word, as when its machine has lost power: it asks an idle one, and does not
/// wait for ever for what was sent to be acknowledged. Also lets small writes
/// go out at once. What the kernel does not know, or the socket does not have,
/// is left as it is.
void keep_honest(int fd, const transport_settings& settings);

} // namespace obol::internal
