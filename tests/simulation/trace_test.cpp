#include "obol/testing/internal/runs/run.hpp"

#include <gtest/gtest.h>

#include <string>

// That two builds agree as well is checked by two_builds.cmake.

namespace obol::testing::internal {
namespace {

constexpr std::size_t all_lines = 1'000'000;

std::string trace_of(std::uint64_t seed) {
  run_settings settings;
  settings.seed = seed;
  settings.trace_lines = all_lines;
  return run_seed(settings).trace;
}

TEST(TraceTest, TheSameSeedGivesTheSameTraceByteForByte) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    auto first = trace_of(seed);

    EXPECT_GT(first.size(), 1000u);
    EXPECT_TRUE(first == trace_of(seed)) << "seed " << seed;
  }
}

TEST(TraceTest, AnotherSeedGivesAnotherTrace) {
  EXPECT_FALSE(trace_of(1) == trace_of(2));
}

TEST(TraceTest, LookingDoesNotChangeWhatHappens) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    run_settings settings;
    settings.seed = seed;
    auto unseen = run_seed(settings);
    settings.trace_lines = all_lines;
    auto seen = run_seed(settings);

    EXPECT_EQ(unseen.steps, seen.steps);
    EXPECT_EQ(unseen.counts.operations, seen.counts.operations);
  }
}

} // namespace
} // namespace obol::testing::internal
