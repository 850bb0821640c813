#include "obol/internal/job_average.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;

struct hand_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<hand_clock>;

  static time_point now() {
    ++readings;
    return time;
  }

  static inline time_point time{};
  static inline int readings = 0;
};

using average = obol::internal::job_average<hand_clock>;

void run(average& jobs, int count, std::chrono::nanoseconds each) {
  for (int i = 0; i < count; ++i) {
    jobs.on_job();
    hand_clock::time += each;
  }
}

TEST(JobAverageTest, FollowsWhatJobsTake) {
  average jobs;
  EXPECT_EQ(jobs.value(), average::usual);
  run(jobs, 1'000, 1us);
  EXPECT_NEAR(jobs.value().count(), 1'000, 10);
  run(jobs, 1'000, 500us);
  EXPECT_NEAR(jobs.value().count(), 500'000, 100);
}

TEST(JobAverageTest, TimeWithoutJobsDoesNotCount) {
  average jobs;
  for (int i = 0; i < 100; ++i) {
    run(jobs, 3, 1us);
    jobs.on_pause();
    hand_clock::time += 1s;
  }
  EXPECT_NEAR(jobs.value().count(), 1'000, 10);
}

TEST(JobAverageTest, LongJobsBetweenPausesCount) {
  average jobs;
  for (int i = 0; i < 100; ++i) {
    run(jobs, 1, 1ms);
    jobs.on_pause();
  }
  EXPECT_NEAR(jobs.value().count(), 1'000'000, 1'000);
}

TEST(JobAverageTest, ShortJobsShareAReadingOfTheClock) {
  average jobs;
  auto before = hand_clock::readings;
  run(jobs, 800, 1us);
  EXPECT_LE(hand_clock::readings - before, 800 / average::jobs_per_reading + 1);
}

TEST(JobAverageTest, OneLongJobAmongManyShortOnesIsNotTheRule) {
  average jobs;
  run(jobs, 800, 2us);
  run(jobs, 1, 100us);
  run(jobs, 800, 2us);
  EXPECT_LE(jobs.value(), average::usual);
}

} // namespace
