#pragma once

#include "obol/internal/clock.hpp"

#include <algorithm>

namespace obol::internal {

/// How much of an upsert's time its copies may take effect in. The rest, a
/// quarter but at most half a second, is kept to find out what became of it.
inline duration time_to_write(duration whole) {
  constexpr auto resolution_time_max = std::chrono::milliseconds{500};
  return whole - std::min<duration>(whole / 4, resolution_time_max);
}

} // namespace obol::internal
