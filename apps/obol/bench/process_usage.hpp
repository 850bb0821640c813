#pragma once

#include <cstdint>

namespace obol::bench {

/// What this process has used since it began.
struct process_usage {
  /// Processor time of all threads, in microseconds.
  double cpu_us = 0;

  /// How often a thread gave up its processor to wait.
  double switches = 0;
};

/// As the system counts it at this moment.
process_usage usage_now();

/// The largest part of memory this process has ever held, in bytes; 0 where
/// the system does not say.
std::uint64_t peak_memory();

} // namespace obol::bench
