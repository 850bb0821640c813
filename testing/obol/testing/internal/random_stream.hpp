#pragma once

#include "obol/internal/clock.hpp"

#include <cstdint>

namespace obol::testing::internal {

using obol::internal::duration;
using obol::internal::instant;

/// Numbers that follow from a seed alone, the same in every build (splitmix64:
/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
class random_stream {
public:
  explicit random_stream(std::uint64_t seed) : state_(seed) {
  }

  std::uint64_t next() {
    auto x = state_ += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

  /// From 0 to `bound` - 1; `bound` is not 0. The lower numbers come up more
  /// often by less than one in 2^32 for any bound used here.
  std::uint64_t below(std::uint64_t bound) {
    return next() % bound;
  }

  /// From `low` to `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low
           + static_cast<std::int64_t>(
             below(static_cast<std::uint64_t>(high - low) + 1));
  }

  duration between(duration low, duration high) {
    return duration{between(low.count(), high.count())};
  }

  /// Whether something happens that does so `permille` times in a thousand.
  bool chance(std::uint32_t permille) {
    return below(1000) < permille;
  }

  /// A stream of its own, so that one part of a world may draw more numbers
  /// without another part drawing others.
  random_stream fork() {
    return random_stream{next()};
  }

private:
  std::uint64_t state_;
};

} // namespace obol::testing::internal
