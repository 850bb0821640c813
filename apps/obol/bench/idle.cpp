#include "bench/idle.hpp"

#include "bench/process_usage.hpp"

#include <thread>

namespace obol::bench {

void measure_idle(stage& on) {
  on.progress.show("idle");
  auto before = usage_now();
  auto begin = steady::now();
  std::this_thread::sleep_for(on.settings.idle);
  auto after = usage_now();
  auto time = std::chrono::duration<double>(steady::now() - begin).count();
  on.out.figures.push_back({"idle store, processor time",
                            "% of one core",
                            "<= 0.5",
                            {(after.cpu_us - before.cpu_us) / time / 1e4}});
  on.out.figures.push_back({"idle store, wake-ups",
                            "a second",
                            "",
                            {(after.switches - before.switches) / time}});
}

} // namespace obol::bench
