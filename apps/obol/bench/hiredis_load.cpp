#include "bench/hiredis_load.hpp"

#include "bench/hiredis_client.hpp"
#include "obol/error.hpp"

namespace obol::bench {

namespace {

void receive(hiredis_client& who, load_run& run) {
  auto due = who.take(*who.link().next());
  if (due.is_good)
    run.succeeded(steady::now() - due.since);
  else
    run.failed({});
}

/// A reply makes room for the next request.
void play(hiredis_client& who, load_run& run, std::size_t depth) {
  for (std::size_t i = 0; i < depth; ++i)
    who.send(steady::now());
  while (!run.is_over()) {
    receive(who, run);
    who.send(steady::now());
  }
  while (who.due() > 0)
    receive(who, run);
}

} // namespace

std::vector<std::jthread> start_hiredis(const options& settings,
                                        const dataset& data,
                                        std::shared_ptr<load_run> run,
                                        const hiredis_plan& plan) {
  // All connect before any thread runs, so that a failure leaves none behind.
  std::vector<std::shared_ptr<hiredis_client>> clients;
  for (std::size_t i = 0; i < plan.connections; ++i)
    clients.push_back(
      std::make_shared<hiredis_client>(settings, data, plan, i));
  std::vector<std::jthread> result;
  for (auto& who : clients) {
    result.emplace_back([who, run, depth = plan.depth] {
      try {
        play(*who, *run, depth);
      } catch (const bench_failure&) {
        // The server is lost: what is measured next says so, too.
        run->failed(caf::make_error(ec::unavailable));
        run->stop();
      }
      run->leave();
    });
  }
  return result;
}

} // namespace obol::bench
