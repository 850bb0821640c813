#include "obol/session_codec.hpp"

#include <benchmark/benchmark.h>

#include "sample_session.hpp"

namespace {

using namespace obol;

void encode_as_etf(benchmark::State& state) {
  auto x = bench::sample_session();
  for (auto _ : state)
    benchmark::DoNotOptimize(encode_etf(x));
}

void decode_from_etf(benchmark::State& state) {
  auto bytes = *encode_etf(bench::sample_session());
  for (auto _ : state)
    benchmark::DoNotOptimize(decode_etf(bytes, bench::sample_time));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size())
                          * state.iterations());
}

void encode_as_json(benchmark::State& state) {
  auto x = bench::sample_session();
  for (auto _ : state)
    benchmark::DoNotOptimize(encode_json(x));
}

void decode_from_json(benchmark::State& state) {
  auto text = *encode_json(bench::sample_session());
  for (auto _ : state)
    benchmark::DoNotOptimize(decode_json(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size())
                          * state.iterations());
}

BENCHMARK(encode_as_etf);
BENCHMARK(decode_from_etf);
BENCHMARK(encode_as_json);
BENCHMARK(decode_from_json);

} // namespace
