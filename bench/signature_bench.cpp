#include "obol/signature.hpp"

#include <benchmark/benchmark.h>

#include <string>

#include "sample_session.hpp"

namespace {

using namespace obol;

/// Of a stored session, about.
constexpr std::int64_t payload_bytes = 600;

signer make_signer() {
  return std::move(
    *signer::make(bench::sample_keys(), "charon_", layout::hash_field_expiry));
}

signature_format format_of(const benchmark::State& state) {
  return state.range(1) == 1 ? signature_format::charon : signature_format::v2;
}

void sign(benchmark::State& state) {
  auto x = make_signer();
  std::string payload(static_cast<std::size_t>(state.range(0)), 'p');
  for (auto _ : state)
    benchmark::DoNotOptimize(x.sign(payload, format_of(state)));
  state.SetBytesProcessed(state.range(0) * state.iterations());
}

void verify(benchmark::State& state) {
  auto x = make_signer();
  std::string payload(static_cast<std::size_t>(state.range(0)), 'p');
  auto stored = x.sign(payload, format_of(state));
  for (auto _ : state)
    benchmark::DoNotOptimize(x.verify(stored));
  state.SetBytesProcessed(state.range(0) * state.iterations());
}

BENCHMARK(sign)
  ->ArgNames({"bytes", "format"})
  ->ArgsProduct({{payload_bytes}, {1, 2}});
BENCHMARK(verify)
  ->ArgNames({"bytes", "format"})
  ->ArgsProduct({{payload_bytes}, {1, 2}});

} // namespace
