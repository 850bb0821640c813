#include "obol/function_library.hpp"
#include "obol/session_commands.hpp"

#include <benchmark/benchmark.h>

#include <string>

#include "sample_session.hpp"

namespace {

using namespace obol;

/// Of a stored session, about.
constexpr std::size_t stored_bytes = 680;

session_commands make_commands(layout kind) {
  auto& library = kind == layout::three_set ? library_for_three_set()
                                            : library_for_hash_field_expiry();
  return {keyspace{"charon_", kind}, library.name, write_guard::exactly_once};
}

void format_get(benchmark::State& state) {
  auto commands = make_commands(layout::hash_field_expiry);
  auto key = bench::sample_session().key();
  for (auto _ : state)
    benchmark::DoNotOptimize(commands.get(key));
}

void format_upsert(benchmark::State& state, layout kind) {
  auto commands = make_commands(kind);
  auto x = bench::sample_session();
  std::string stored(stored_bytes, 's');
  session_commands::upsert_arguments arguments{x.id,
                                               x.user_id,
                                               x.type,
                                               x.lock_version,
                                               stored,
                                               x.refresh_expires_at,
                                               "0123456789abcdef",
                                               bench::sample_time * 1'000};
  for (auto _ : state)
    benchmark::DoNotOptimize(commands.upsert(arguments, bench::sample_time));
}

BENCHMARK(format_get);
BENCHMARK_CAPTURE(format_upsert, hash_field_expiry, layout::hash_field_expiry);
BENCHMARK_CAPTURE(format_upsert, three_set, layout::three_set);

} // namespace
