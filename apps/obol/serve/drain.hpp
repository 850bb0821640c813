#pragma once

#include "serve/stop_signals.hpp"

#include <chrono>
#include <functional>

namespace obol::serve {

/// How a stop went.
enum class drain_outcome {
  finished,
  /// The limit passed before.
  too_late,
  /// Somebody asked a second time.
  cut_short,
};

/// Runs the work, which ends this process in order, in a thread of its own for
/// as long as the limit and the user allow. Unless it has finished nothing can
/// be relied on but that the process is to end at once.
drain_outcome drain(std::function<void()> work, const stop_signals& signals,
                    std::chrono::milliseconds limit);

} // namespace obol::serve
