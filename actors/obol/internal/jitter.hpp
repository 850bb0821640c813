#pragma once

#include "obol/internal/clock.hpp"

#include <cstdint>

namespace obol::internal {

/// A tenth more or less, so that what is of one age is not all renewed at once.
/// `random` is any 64 random bits.
inline duration jittered(duration x, std::uint64_t random) {
  constexpr std::uint64_t steps = 2001;
  auto permille = 900 + static_cast<duration::rep>(random % steps) / 10;
  return x / 1000 * permille;
}

} // namespace obol::internal
