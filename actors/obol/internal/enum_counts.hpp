#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace obol::internal {

/// A count for each of the `N` values of an enumeration that begins at 0. Safe
/// to use from any thread; for what happens seldom.
template <class Enum, std::size_t N>
class enum_counts {
public:
  void add(Enum what) {
    counts_[static_cast<std::size_t>(what)].fetch_add(
      1, std::memory_order_relaxed);
  }

  std::uint64_t of(Enum what) const {
    return counts_[static_cast<std::size_t>(what)].load(
      std::memory_order_relaxed);
  }

  std::uint64_t sum() const {
    std::uint64_t result = 0;
    for (auto& x : counts_)
      result += x.load(std::memory_order_relaxed);
    return result;
  }

private:
  std::array<std::atomic<std::uint64_t>, N> counts_{};
};

} // namespace obol::internal
