#include "obol/stored_session.hpp"

#include <benchmark/benchmark.h>

#include <utility>

#include "sample_session.hpp"

namespace {

using namespace obol;

session_sealer make_sealer(payload_format format) {
  sealing_options options;
  options.keys = bench::sample_keys();
  options.payload_format = format;
  return std::move(*session_sealer::make(std::move(options)));
}

/// Encodes and signs: what an upsert costs before it is sent.
void seal(benchmark::State& state, payload_format format) {
  auto sealer = make_sealer(format);
  auto x = bench::sample_session();
  for (auto _ : state)
    benchmark::DoNotOptimize(sealer.seal(x));
}

/// Verifies and decodes: what a get costs after it was answered.
void open_for(benchmark::State& state, payload_format format) {
  auto sealer = make_sealer(format);
  auto x = bench::sample_session();
  auto stored = *sealer.seal(x);
  auto key = x.key();
  for (auto _ : state) {
    session found;
    benchmark::DoNotOptimize(
      sealer.open_for(key, stored, bench::sample_time, found));
  }
}

BENCHMARK_CAPTURE(seal, etf, payload_format::etf);
BENCHMARK_CAPTURE(seal, json, payload_format::json);
BENCHMARK_CAPTURE(open_for, etf, payload_format::etf);
BENCHMARK_CAPTURE(open_for, json, payload_format::json);

} // namespace
