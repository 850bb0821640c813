#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/environment.hpp"
#include "obol/log.hpp"
#include "obol/metrics.hpp"
#include "obol/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

namespace obol::internal {

/// `obol::spawn_store` in a world of the caller's choice.
caf::expected<store_actor> spawn_store(caf::actor_system& system,
                                       options settings, log_sink log,
                                       environment env, metrics counts = {});

} // namespace obol::internal
