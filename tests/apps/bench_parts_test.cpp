#include "bench/dataset.hpp"
#include "bench/histogram.hpp"
#include "bench/machine_stalls.hpp"
#include "bench/measurement.hpp"
#include "bench/open_loop.hpp"
#include "bench/player.hpp"
#include "bench/plot_axis.hpp"
#include "bench/processors.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <thread>

using namespace obol;
using namespace obol::bench;
using namespace std::chrono_literals;
using testing::ElementsAre;

namespace {

/// A data set of a store that does not exist.
dataset make_dataset(std::uint64_t sessions = 10) {
  options settings;
  settings.base_secret = secret{std::string{"for tests"}};
  return {settings, layout::hash_field_expiry, {sessions, 300, 2, 5}};
}

const dataset& shared_dataset() {
  static const dataset result = make_dataset();
  return result;
}

} // namespace

// -- histogram ----------------------------------------------------------------

TEST(HistogramTest, EveryLatencyUpTo128NanosecondsHasABucketOfItsOwn) {
  for (std::uint64_t x = 0; x < 128; ++x) {
    EXPECT_EQ(latency_buckets::index_of(x), x);
    EXPECT_EQ(latency_buckets::highest_in(x), x);
  }
}

TEST(HistogramTest, BucketsFollowEachOtherWithoutGapsOrOverlap) {
  std::uint64_t lowest = 0;
  for (std::size_t i = 0; i < histogram::bucket_count; ++i) {
    auto highest = latency_buckets::highest_in(i);
    EXPECT_EQ(latency_buckets::index_of(lowest), i);
    if (highest <= latency_buckets::longest) {
      EXPECT_EQ(latency_buckets::index_of(highest), i);
    }
    EXPECT_LE(64 * (highest - lowest), lowest);
    lowest = highest + 1;
  }
  EXPECT_GT(lowest, latency_buckets::longest);
}

TEST(HistogramTest, APercentileIsNeverBelowTheTrueOneAndAtMostA64thAbove) {
  std::mt19937_64 random{4};
  std::lognormal_distribution<double> latencies{11, 2};
  std::vector<std::int64_t> exact;
  histogram counted;
  for (int i = 0; i < 100'000; ++i) {
    exact.push_back(std::min<std::int64_t>(std::llround(latencies(random)),
                                           latency_buckets::longest));
    counted.add(std::chrono::nanoseconds{exact.back()});
  }
  std::sort(exact.begin(), exact.end());
  for (auto share : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    auto rank = static_cast<std::size_t>(
      std::ceil(share * static_cast<double>(exact.size())));
    auto expected = exact[rank - 1];
    EXPECT_GE(counted.at(share).count(), expected) << share;
    EXPECT_LE(64 * (counted.at(share).count() - expected), expected) << share;
  }
  EXPECT_EQ(counted.max().count(), exact.back());
  EXPECT_EQ(counted.count(), exact.size());
}

TEST(HistogramTest, WithoutLatenciesEverythingIsZero) {
  histogram empty;
  EXPECT_EQ(empty.at(0.5), 0ns);
  EXPECT_EQ(empty.max(), 0ns);
  EXPECT_EQ(empty.count(), 0u);
}

TEST(HistogramTest, WhatLastsLongerThanAMinuteCountsAndKeepsItsMaximum) {
  histogram x;
  x.add(2min);
  x.add(-1ns);
  EXPECT_EQ(x.count(), 2u);
  EXPECT_EQ(x.max(), 2min);
  EXPECT_EQ(x.at(0.5), 0ns);
  EXPECT_GE(x.at(1), 1min);
}

TEST(HistogramTest, MergingIsTheSameAsCountingTogether) {
  histogram one, other, both;
  for (int i = 1; i <= 1'000; ++i) {
    (i % 3 == 0 ? one : other).add(std::chrono::microseconds{i});
    both.add(std::chrono::microseconds{i});
  }
  one.merge(other);
  for (auto share : {0.1, 0.5, 0.99, 1.0})
    EXPECT_EQ(one.at(share), both.at(share));
}

TEST(HistogramTest, ThreadsThatCountTogetherLoseNothing) {
  shared_histogram shared;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 20; ++i)
      threads.emplace_back([&] {
        for (int j = 1; j <= 5'000; ++j)
          shared.add(std::chrono::nanoseconds{j});
      });
  }
  auto counted = shared.collect();
  EXPECT_EQ(counted.count(), 100'000u);
  EXPECT_EQ(counted.max(), 5us);
}

// -- numbers ------------------------------------------------------------------

TEST(MeasurementTest, TheSpreadIsMedianMinimumAndMaximumOfWhatApplies) {
  auto x = spread_of({3, 1, std::nan(""), 10, 2});
  EXPECT_EQ(x.median, 2.5);
  EXPECT_EQ(x.min, 1);
  EXPECT_EQ(x.max, 10);
  EXPECT_TRUE(std::isnan(spread_of({}).median));
}

TEST(OpenScheduleTest, RequestsAreDueAtFixedTimesWhateverHappens) {
  auto x = open_schedule::make(1'000, {100ms, 1s});
  EXPECT_EQ(x.interval, 1ms);
  EXPECT_EQ(x.warm_up, 100u);
  EXPECT_EQ(x.total, 1'100u);
  EXPECT_EQ(x.due(5) - x.start, 5ms);
  EXPECT_EQ(x.due_until(x.start - 1ms), 0u);
  EXPECT_EQ(x.due_until(x.start), 1u);
  EXPECT_EQ(x.due_until(x.start + 5ms), 6u);
  EXPECT_EQ(x.due_until(x.start + 1h), 1'100u);
}

// -- the machine --------------------------------------------------------------

TEST(StallWatchTest, GapsOfAMillisecondAndMoreAreStalls) {
  auto now = steady::time_point{} + 1h;
  stall_watch watch{now};
  for (auto gap : {3us, 999us, 1'000us, 20us, 7'000us, 1us})
    watch.look(now += gap);
  EXPECT_EQ(watch.count(), 2u);
  EXPECT_EQ(watch.longest(), 7'000us);
}

TEST(StallWatchTest, WatchingAMachineTellsItsLongestStall) {
  auto found = watch_stalls(20ms);
  EXPECT_GT(found.longest_us, 0);
  EXPECT_GE(found.a_second, 0);
}

// What a thread may run on, one of its own may as well.
TEST(ProcessorsTest, ApartTheServersSideHasOneAndTheMeasuredSideTheOthers) {
  auto all = processors::usable();
  if (all < processors::apart_min)
    GTEST_SKIP() << "there is one processor";
  auto usable_at = [](const processors& cpus, processors::side where) {
    int result = 0;
    std::jthread{[&] {
      cpus.go_to(where);
      std::jthread{[&] { result = processors::usable(); }};
    }};
    return result;
  };
  auto apart = processors::apart();
  EXPECT_EQ(usable_at(apart, processors::side::server), 1);
  EXPECT_EQ(usable_at(apart, processors::side::measured), all - 1);
  EXPECT_EQ(usable_at(apart, processors::side::all), all);
  auto shared = processors::shared();
  EXPECT_EQ(usable_at(shared, processors::side::server), all);
  EXPECT_EQ(usable_at(shared, processors::side::measured), all);
}

TEST(ProcessorsTest, WhoHasLeftASideMayGoToTheOther) {
  if (processors::usable() < processors::apart_min)
    GTEST_SKIP() << "there is one processor";
  std::jthread{[apart = processors::apart()] {
    apart.go_to(processors::side::server);
    auto server = ::sched_getcpu();
    apart.go_to(processors::side::measured);
    EXPECT_NE(::sched_getcpu(), server);
  }};
}

// -- drawing ------------------------------------------------------------------

TEST(PlotAxisTest, TicksAre125AndValuesLieInLogarithmicProportion) {
  log_axis x{{10, 1'000}, 0, 100};
  EXPECT_THAT(x.ticks(), ElementsAre(10, 20, 50, 100, 200, 500, 1'000));
  EXPECT_DOUBLE_EQ(x.at(100), 50);
  EXPECT_GT(x.at(10), 0);
  EXPECT_EQ(time_text(20), "20 us");
  EXPECT_EQ(time_text(5'000), "5 ms");
  EXPECT_EQ(count_text(1'500), "1.5k");
}

// -- players ------------------------------------------------------------------

TEST(PlayerTest, ARefreshReadsItsOwnSessionAndStoresWhatItRead) {
  // Given a client that has logged in,
  player who{{&shared_dataset(), workload::refresh, 1}, 0};
  auto first = who.next();
  auto stored = std::get<upsert_request>(first).session;
  EXPECT_EQ(stored.lock_version, 0);
  stored.lock_version = 1;
  EXPECT_EQ(who.take(stored), progress::done);

  // when it goes on, it reads the session,
  auto second = who.next();
  auto& read = std::get<get_request>(second);
  get_answer found{stored};
  found.session->id = read.key.id;
  EXPECT_EQ(who.take(found), progress::goes_on);

  // and stores that version: both are one operation.
  auto third = who.next();
  EXPECT_EQ(std::get<upsert_request>(third).session.lock_version, 1);
  stored.lock_version = 2;
  EXPECT_EQ(who.take(stored), progress::done);
}

TEST(PlayerTest, NoTwoClientsAndNoTwoLoadsShareASession) {
  auto first_of = [](std::uint64_t load, std::uint64_t client) {
    player who{{&shared_dataset(), workload::login, load}, client};
    auto what = who.next();
    return std::get<upsert_request>(what).session.id;
  };
  EXPECT_NE(first_of(1, 0), first_of(1, 1));
  EXPECT_NE(first_of(1, 0), first_of(2, 0));
  EXPECT_EQ(first_of(3, 4), first_of(3, 4));
}

TEST(PlayerTest, AWrongAnswerIsAFailure) {
  get_answer nothing;
  player reader{{&shared_dataset(), workload::get, 1}, 0};
  reader.next();
  EXPECT_EQ(reader.take(nothing), progress::failed);
  player misser{{&shared_dataset(), workload::miss, 1}, 0};
  misser.next();
  EXPECT_EQ(misser.take(nothing), progress::done);
  get_all_answer too_few;
  player lister{{&shared_dataset(), workload::list, 1}, 0};
  lister.next();
  EXPECT_EQ(lister.take(too_few), progress::failed);
}

TEST(PlayerTest, MixedIsEightyFifteenFive) {
  player who{{&shared_dataset(), workload::mixed, 1}, 0};
  int gets = 0;
  constexpr int operations = 10'000;
  for (int i = 0; i < operations; ++i) {
    auto what = who.next();
    if (std::holds_alternative<get_request>(what)) {
      ++gets;
      auto x = shared_dataset().fresh(0);
      x.lock_version = 1;
      get_answer found{std::move(x)};
      if (who.take(found) == progress::goes_on) {
        auto store = std::get<upsert_request>(who.next()).session;
        who.take(store);
      }
    } else if (auto upsert = std::get_if<upsert_request>(&what)) {
      auto stored = upsert->session;
      ++stored.lock_version;
      who.take(stored);
    } else {
      get_all_answer five{std::vector<session>(5)};
      who.take(five);
    }
  }
  // All but logins, lists and the first refresh begin with a get.
  EXPECT_NEAR(gets, operations * 95 / 100, operations / 100);
}
