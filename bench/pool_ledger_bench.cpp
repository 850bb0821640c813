#include "obol/internal/pool_ledger.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>

namespace {

using namespace obol::internal;

constexpr pool_ledger::limits bounds;

pool_ledger make_ledger() {
  pool_ledger result{bounds};
  for (std::uint32_t i = 0; i < bounds.size; ++i)
    result.on_up(result.add(false), instant{});
  return result;
}

/// So many requests are in flight; each that ends makes room for the next.
void checkout_and_checkin(benchmark::State& state) {
  auto ledger = make_ledger();
  for (std::int64_t i = 1; i < state.range(0); ++i)
    ledger.checkout();
  for (auto _ : state) {
    auto slot = ledger.checkout();
    benchmark::DoNotOptimize(slot);
    ledger.checkin(*slot, 1, instant{});
  }
}

BENCHMARK(checkout_and_checkin)
  ->ArgName("in_flight")
  ->Arg(1)
  ->Arg(50)
  ->Arg(640);

} // namespace
