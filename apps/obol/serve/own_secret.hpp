#pragma once

#include "obol/options.hpp"
#include "serve/state_directory.hpp"

#include <caf/error.hpp>

namespace obol::serve {

/// Lets sessions be signed with a secret that is kept beside them, made at
/// random at the first start. For those who named no key: only this directory's
/// own server holds what it signs. Fails with `unavailable`.
caf::error use_own_secret(options& settings, const state_directory& where);

} // namespace obol::serve
