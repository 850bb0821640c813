#pragma once

#include "obol/facade.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace obol::demo {

/// What a number of clients got done.
struct load_result {
  std::uint64_t done = 0;

  /// Clients stop at their first failure.
  std::uint64_t failed = 0;

  /// Of one client that failed.
  caf::error first_failure;

  std::chrono::duration<double> time{0};

  std::uint64_t per_second() const;
};

/// One actor for each session reads it, over and over, for so long.
load_result measure_gets(facade& store, const std::vector<session>& sessions,
                         std::chrono::milliseconds time);

/// One actor for each session refreshes it, over and over, for so long.
load_result measure_refreshes(facade& store,
                              const std::vector<session>& sessions,
                              std::chrono::milliseconds time);

} // namespace obol::demo
