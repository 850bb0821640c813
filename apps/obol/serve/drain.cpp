#include "serve/drain.hpp"

#include <future>
#include <thread>
#include <utility>

namespace obol::serve {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds poll_interval{10};

} // namespace

drain_outcome drain(std::function<void()> work, const stop_signals& signals,
                    std::chrono::milliseconds limit) {
  auto end = steady_clock::now() + limit;
  std::packaged_task<void()> task{std::move(work)};
  auto finished = task.get_future();
  std::thread{std::move(task)}.detach();
  while (finished.wait_for(std::chrono::seconds{0})
         != std::future_status::ready) {
    if (steady_clock::now() >= end)
      return drain_outcome::too_late;
    if (signals.wait_for(poll_interval))
      return drain_outcome::cut_short;
  }
  return drain_outcome::finished;
}

} // namespace obol::serve
