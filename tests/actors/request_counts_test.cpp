#include "obol/error.hpp"
#include "obol/internal/process_start.hpp"
#include "obol/internal/request_counts.hpp"
#include "obol/internal/request_totals.hpp"
#include "obol/message_inspect.hpp"
#include "obol/options.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

namespace obol::internal {
namespace {

using namespace std::chrono_literals;

std::uint64_t sum(const latency_counts& x) {
  std::uint64_t result = 0;
  for (auto& bucket : x.buckets)
    result += bucket.read();
  return result;
}

// -- latencies ----------------------------------------------------------------

TEST(LatencyBucketsTest, TimeBelongsToTheFirstStepThatIsNotShorter) {
  EXPECT_EQ(bucket_of(0), 0u);
  for (std::size_t i = 0; i < latency_buckets.size(); ++i) {
    EXPECT_EQ(bucket_of(latency_buckets[i].up_to), i);
    EXPECT_EQ(bucket_of(latency_buckets[i].up_to + 1), i + 1);
  }
}

TEST(LatencyBucketsTest, LabelsAreTheStepsInSeconds) {
  for (auto& x : latency_buckets)
    EXPECT_DOUBLE_EQ(std::stod(x.label), static_cast<double>(x.up_to) / 1e9);
}

TEST(LatencyBucketsTest, StepsReachFromASocketsReplyToTheLongestDeadline) {
  EXPECT_EQ(latency_buckets.front().up_to, 25'000);
  EXPECT_EQ(std::chrono::nanoseconds{latency_buckets.back().up_to},
            std::chrono::nanoseconds{max_deadline});
}

TEST(RequestCountsTest, TimesOfEachKindAreKeptApart) {
  request_counts counts;
  counts.took(request_kind::get, 30us);
  counts.took(request_kind::get, 20s);
  counts.replied(request_kind::get, 10us);
  counts.took(request_kind::upsert, 1ms);

  auto& get = counts.request_time(request_kind::get);
  EXPECT_EQ(get.buckets[1].read(), 1u);
  EXPECT_EQ(get.buckets[latency_buckets.size()].read(), 1u);
  EXPECT_EQ(get.nanoseconds.read(), 20'000'030'000u);
  EXPECT_EQ(sum(get), 2u);
  EXPECT_EQ(sum(counts.server_time(request_kind::get)), 1u);
  EXPECT_EQ(sum(counts.request_time(request_kind::upsert)), 1u);
  EXPECT_EQ(sum(counts.request_time(request_kind::remove)), 0u);
}

TEST(RequestCountsTest, ClockThatWasReadEarlierElsewhereTakesNothingAway) {
  request_counts counts;
  counts.took(request_kind::get, -5us);
  EXPECT_EQ(counts.request_time(request_kind::get).nanoseconds.read(), 0u);
  EXPECT_EQ(sum(counts.request_time(request_kind::get)), 1u);
}

TEST(RequestCountsTest, ReaderSeesCountsThatNeverShrinkWhileOneWrites) {
  auto counts = std::make_unique<request_counts>();
  constexpr std::uint64_t enough = 200'000;
  std::thread writer{[&] {
    for (std::uint64_t i = 0; i < enough; ++i)
      counts->ended(request_kind::get, request_outcome::ok);
  }};
  std::uint64_t last = 0;
  while (last < enough) {
    auto now = counts->count(request_kind::get, request_outcome::ok);
    ASSERT_GE(now, last);
    last = now;
  }
  writer.join();
  EXPECT_EQ(last, enough);
}

TEST(RequestTotalsTest, SumsEverythingThatWasCounted) {
  request_counts a;
  request_counts b;
  a.ended(request_kind::get, request_outcome::ok, 2);
  b.ended(request_kind::get, request_outcome::ok, 3);
  b.ended(request_kind::resolve, request_outcome::other);
  a.took(request_kind::get, 1us);
  b.took(request_kind::get, 2us);
  b.replied(request_kind::resolve, 11s);
  request_totals totals;
  totals.add(a);
  totals.add(b);
  auto& get = totals.of(request_kind::get);
  auto& resolve = totals.of(request_kind::resolve);
  EXPECT_EQ(get.outcomes[0], 5u);
  EXPECT_EQ(get.request_time.buckets[0], 2u);
  EXPECT_EQ(get.request_time.nanoseconds, 3'000u);
  EXPECT_EQ(resolve.outcomes.back(), 1u);
  EXPECT_EQ(resolve.server_time.buckets.back(), 1u);
}

// -- labels -------------------------------------------------------------------

TEST(MetricLabelsTest, EveryErrorCodeHasTheOutcomeOfItsName) {
  for (int i = 1; i <= static_cast<int>(ec::invalid_argument); ++i) {
    auto code = static_cast<ec>(i);
    EXPECT_EQ(label_of(outcome_of(caf::make_error(code))), to_string(code));
  }
}

TEST(MetricLabelsTest, OutcomesAreReadFromAnswers) {
  auto get = request_kind::get;
  auto outcome
    = [](request_kind kind, answer_ptr x) { return outcome_of(kind, x); };
  EXPECT_EQ(outcome(get, make_answer(get_answer{session{}})),
            request_outcome::ok);
  EXPECT_EQ(outcome(get, make_answer(get_answer{})),
            request_outcome::not_found);
  EXPECT_EQ(outcome(request_kind::remove, make_answer(removed{0})),
            request_outcome::ok);
  EXPECT_EQ(
    outcome(request_kind::upsert, make_answer(caf::make_error(ec::conflict))),
    request_outcome::conflict);
  EXPECT_EQ(
    outcome(get, make_answer(caf::make_error(caf::sec::request_receiver_down))),
    request_outcome::shutting_down);
  EXPECT_EQ(
    outcome(get, make_answer(caf::make_error(caf::sec::unexpected_message))),
    request_outcome::other);
}

TEST(MetricLabelsTest, EndsOfActorsAreToldApart) {
  using caf::exit_reason;
  EXPECT_EQ(restart_reason_of(exit_reason::unhandled_exception),
            restart_reason::exception);
  EXPECT_EQ(restart_reason_of(exit_reason::kill), restart_reason::killed);
  EXPECT_EQ(restart_reason_of(exit_reason::normal), restart_reason::other);
}

// -- the process --------------------------------------------------------------

TEST(ProcessStartTest, IsWhatTheKernelSays) {
  constexpr const char* process
    = "7 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 250 20 21\n";
  constexpr const char* machine = "cpu 1 2 3\nbtime 1700000000\nprocesses 5\n";
  EXPECT_EQ(process_start_in(process, machine, 100), 1'700'000'002.5);
}

TEST(ProcessStartTest, TextsOfAnotherFormAreNoTime) {
  EXPECT_EQ(process_start_in("", "\nbtime 17\n", 100), 0);
  EXPECT_EQ(process_start_in("7 (a) S 1 2", "\nbtime 17\n", 100), 0);
  EXPECT_EQ(
    process_start_in("7 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 "
                     "18 250",
                     "cpu 1", 100),
    0);
}

TEST(ProcessStartTest, ThisProcessWasStartedInThePast) {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  auto started = process_start_seconds();
  EXPECT_GT(started, 1'500'000'000);
  // The kernel tells its own start in whole seconds.
  EXPECT_LE(started, std::chrono::duration<double>{now}.count() + 1);
}

} // namespace
} // namespace obol::internal
