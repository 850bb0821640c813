#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

namespace obol::internal {

/// A point on a clock that never jumps.
using instant = std::chrono::steady_clock::time_point;

using duration = std::chrono::steady_clock::duration;

/// Time, the second seam. Callable from any thread.
class clock {
public:
  virtual ~clock() = default;

  virtual instant now() const = 0;

  /// Milliseconds since the Unix epoch, as this machine believes.
  virtual std::int64_t unix_ms() const = 0;
};

std::shared_ptr<const clock> make_system_clock();

} // namespace obol::internal
