#pragma once

#include "obol/internal/store_context.hpp"
#include "obol/session_commands.hpp"
#include "obol/stored_session.hpp"

namespace obol::internal {

/// The commands of this layout.
session_commands make_commands(const store_context& store, layout kind);

/// Seals and opens what the store's options say, in this layout. One per
/// actor: it is not safe to share.
session_sealer make_sealer(const store_context& store, layout kind);

} // namespace obol::internal
