#include "bench/machine_stalls.hpp"

#include "bench/processors.hpp"

#include <thread>
#include <vector>

namespace obol::bench {

machine_stalls watch_stalls(std::chrono::nanoseconds time) {
  auto begin = steady::now();
  std::vector<stall_watch> all(
    static_cast<std::size_t>(std::max(1, processors::usable())),
    stall_watch{begin});
  {
    std::vector<std::jthread> threads;
    for (auto& x : all)
      threads.emplace_back([&x, until = begin + time] {
        // In registers: neighbours in memory would disturb each other.
        stall_watch mine{steady::now()};
        for (auto now = steady::now(); now < until; now = steady::now())
          mine.look(now);
        x = mine;
      });
  }
  machine_stalls result;
  auto seconds = std::chrono::duration<double>(time).count();
  for (auto& x : all) {
    result.a_second += static_cast<double>(x.count()) / seconds;
    result.longest_us
      = std::max(result.longest_us,
                 std::chrono::duration<double, std::micro>(x.longest()).count());
  }
  return result;
}

} // namespace obol::bench
