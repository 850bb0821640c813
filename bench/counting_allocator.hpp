#pragma once

#include <cstdint>

namespace obol::bench {

/// What the heap of this program has been asked for, by operator new. What C
/// libraries take with malloc is not in it.
struct heap_counts {
  /// How often since the start.
  std::uint64_t allocations = 0;

  /// What is held now, in bytes.
  std::int64_t live_bytes = 0;
};

/// As of now, over all threads.
heap_counts heap_now();

} // namespace obol::bench
