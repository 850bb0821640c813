#pragma once

#include "obol/internal/metric_labels.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace obol::internal {

/// How many requests lie in the store's own mailbox, by kind. Those that its
/// end leaves there are answered by the framework, so nobody else could count
/// them. Safe to use from any thread.
class door_book {
public:
  void enter(request_kind kind) {
    at(kind).fetch_add(1);
  }

  /// The store has it.
  void leave(request_kind kind) {
    at(kind).fetch_sub(1);
  }

  /// Forgets those that are still there.
  /// @returns how many they were
  std::uint32_t clear(request_kind kind) {
    return at(kind).exchange(0);
  }

private:
  std::atomic<std::uint32_t>& at(request_kind kind) {
    return inside_[static_cast<std::size_t>(kind)];
  }

  std::array<std::atomic<std::uint32_t>, request_kind_count> inside_{};
};

} // namespace obol::internal
