#include "obol/reply_reader.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace obol;

/// Of a stored session, about.
constexpr std::size_t stored_bytes = 680;

/// Replies of so many gets that arrive in one read.
void read_pipelined_replies(benchmark::State& state) {
  auto one = '$' + std::to_string(stored_bytes) + "\r\n"
             + std::string(stored_bytes, 's') + "\r\n";
  std::string bytes;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    bytes += one;
  reply_reader reader;
  for (auto _ : state) {
    reader.feed(bytes);
    for (std::int64_t i = 0; i < state.range(0); ++i)
      benchmark::DoNotOptimize(reader.next());
  }
  state.SetItemsProcessed(state.range(0) * state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size())
                          * state.iterations());
}

BENCHMARK(read_pipelined_replies)->ArgName("replies")->Arg(1)->Arg(16)->Arg(64);

} // namespace
