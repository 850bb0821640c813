// What it costs to count a request, and to read all counts.

#include "obol/error.hpp"
#include "obol/internal/store_metrics.hpp"
#include "obol/message_inspect.hpp"
#include "obol/metrics.hpp"

#include <benchmark/benchmark.h>

#include "sample_session.hpp"

namespace {

using namespace obol;

/// As a connection does for each get it answers.
void count_get(benchmark::State& state) {
  metrics all;
  auto counts = all.counts()->borrow();
  auto answer = internal::make_answer(get_answer{bench::sample_session()});
  internal::instant began{};
  for (auto _ : state) {
    internal::request_mark mark{internal::request_kind::get, began,
                                all.counts().get()};
    benchmark::DoNotOptimize(mark);
    auto now = began + std::chrono::microseconds{300};
    (*counts).replied(mark.kind, std::chrono::microseconds{200});
    internal::count_answer(counts, mark, answer, now);
  }
}

/// As the pool does for a request it turns away.
void count_refusal(benchmark::State& state) {
  metrics all;
  auto answer = internal::make_answer(
    caf::make_error(ec::overloaded, std::string{"full"}));
  for (auto _ : state) {
    internal::request_mark mark{
      internal::request_kind::get, {}, all.counts().get()};
    benchmark::DoNotOptimize(mark);
    all.counts()->answered(mark, answer, {});
  }
}

void read_all(benchmark::State& state) {
  metrics all;
  std::vector<internal::store_metrics::lease> leases;
  for (int i = 0; i < 15; ++i)
    leases.push_back(all.counts()->borrow());
  for (auto _ : state)
    benchmark::DoNotOptimize(all.prometheus_text());
}

BENCHMARK(count_get);
BENCHMARK(count_refusal);
BENCHMARK(read_all);

} // namespace
