#include "obol/internal/usable_processors.hpp"

#include <algorithm>
#include <sched.h>
#include <thread>

namespace obol::internal {

namespace {

/// Kernels are built for at most 8,192.
constexpr int processors_max = 1 << 16;

/// 0 if there may be more of them.
std::size_t usable_of(int processors) noexcept {
  auto* set = CPU_ALLOC(static_cast<std::size_t>(processors));
  if (!set)
    return 1;
  auto size = CPU_ALLOC_SIZE(static_cast<std::size_t>(processors));
  std::size_t result = 0;
  if (::sched_getaffinity(0, size, set) == 0)
    result = static_cast<std::size_t>(CPU_COUNT_S(size, set));
  CPU_FREE(set);
  return result;
}

} // namespace

// The set must have room for all the kernel was built for; glibc's own does
// not say how many (sched_getaffinity(2), "Handling systems with large CPU
// affinity masks").
std::size_t usable_processors() noexcept {
  for (int i = CPU_SETSIZE; i <= processors_max; i *= 2)
    if (auto result = usable_of(i))
      return result;
  return std::max(1u, std::thread::hardware_concurrency());
}

} // namespace obol::internal
