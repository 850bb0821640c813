#include "obol/internal/run_queues.hpp"

#include <caf/ref_counted.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <set>
#include <thread>
#include <unistd.h>
#include <vector>

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using internal::run_queues;

/// A job that is only looked at.
class named_job final : public caf::resumable {
public:
  resume_result resume(caf::execution_unit*, std::size_t) override {
    return done;
  }

  void intrusive_ptr_add_ref_impl() override {
    // nop
  }

  void intrusive_ptr_release_impl() override {
    // nop
  }
};

struct waiting_rules {
  const char* name;
  run_queues::duration spin;
  std::uint32_t expected_events;
};

class RunQueuesTest : public ::testing::TestWithParam<waiting_rules> {
protected:
  RunQueuesTest() {
    queues_.events()->forecast()->expect(GetParam().expected_events);
    first_ = queues_.add_worker();
    second_ = queues_.add_worker();
  }

  run_queues queues_{GetParam().spin};
  std::size_t first_ = 0;
  std::size_t second_ = 0;
  std::array<named_job, 1000> jobs_;
};

TEST_P(RunQueuesTest, WorkerRunsItsOwnJobsInOrder) {
  for (int i = 0; i < 3; ++i)
    queues_.push(first_, &jobs_[i]);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(queues_.take(first_), &jobs_[i]);
}

TEST_P(RunQueuesTest, JobFromOutsideReachesAWorkerThatWaits) {
  std::atomic<run_queues::job> taken{nullptr};
  std::thread worker{[&] { taken = queues_.take(first_); }};
  queues_.push(&jobs_[0]);
  worker.join();
  EXPECT_EQ(taken.load(), &jobs_[0]);
}

TEST_P(RunQueuesTest, BusyWorkerDoesNotStarveJobsFromOutside) {
  // Given a worker that always has something of its own
  queues_.push(first_, &jobs_[0]);
  queues_.push(&jobs_[1]);
  auto found = false;
  for (std::size_t i = 0; i < 3 * run_queues::jobs_per_look && !found; ++i) {
    auto next = queues_.take(first_);
    found = next == &jobs_[1];
    if (!found)
      queues_.push(first_, next);
  }
  EXPECT_TRUE(found);
}

TEST_P(RunQueuesTest, ManyJobsAreSharedWithWhoWaits) {
  // Given a worker that waits
  std::atomic<run_queues::job> taken{nullptr};
  std::thread waiting{[&] { taken = queues_.take(second_); }};

  // When another gets more and more to do
  std::set<run_queues::job> left;
  std::size_t next = 0;
  while (!taken && next < jobs_.size()) {
    left.insert(&jobs_[next]);
    queues_.push(first_, &jobs_[next++]);
    std::this_thread::yield();
  }
  if (!taken)
    queues_.push(&jobs_[0]);
  waiting.join();

  // Then it gets some of that.
  EXPECT_EQ(left.count(taken), 1u);
}

TEST_P(RunQueuesTest, FewJobsThatAreLongAreSharedToo) {
  // Given a worker that waits
  std::atomic<run_queues::job> taken{nullptr};
  std::thread waiting{[&] { taken = queues_.take(second_); }};

  // When another runs the same few again and again, which takes it long
  std::set<run_queues::job> few{&jobs_[0], &jobs_[1], &jobs_[2], &jobs_[3]};
  for (auto* x : few)
    queues_.push(first_, x);
  while (!taken) {
    auto next = queues_.take(first_);
    auto end = run_queues::clock::now() + run_queues::worth_sharing;
    while (run_queues::clock::now() < end)
      std::this_thread::yield();
    queues_.push(first_, next);
  }
  waiting.join();

  // Then it gets one of them.
  EXPECT_EQ(few.count(taken), 1u);
}

TEST_P(RunQueuesTest, JobsFromOutsideAreTakenByWhoIsAwake) {
  // Given a worker that waits, and one that is about to look for more
  std::atomic<run_queues::job> taken{nullptr};
  std::thread waiting{[&] { taken = queues_.take(second_); }};
  queues_.push(&jobs_[0]);
  queues_.push(first_, &jobs_[1]);

  // Then nothing stays, whoever takes it.
  std::set<run_queues::job> seen{queues_.take(first_)};
  queues_.push(&jobs_[2]);
  seen.insert(queues_.take(first_));
  waiting.join();
  seen.insert(taken);
  EXPECT_EQ(seen, (std::set<run_queues::job>{&jobs_[0], &jobs_[1], &jobs_[2]}));
}

TEST_P(RunQueuesTest, JobsBehindALongOneAreTakenBySleepers) {
  // Given a worker that has one more job, and is busy with another for good
  queues_.push(first_, &jobs_[0]);

  // Then one of those who sleep looks up, and takes it.
  auto third = queues_.add_worker();
  std::atomic<int> taken{0};
  auto wait = [&](std::size_t worker) {
    auto next = queues_.take(worker);
    if (next == &jobs_[0])
      ++taken;
  };
  std::thread polls{wait, second_};
  std::thread sleeps{wait, third};
  while (taken == 0)
    std::this_thread::yield();
  queues_.push(&jobs_[1]);
  polls.join();
  sleeps.join();
  EXPECT_EQ(taken, 1);
}

TEST_P(RunQueuesTest, EventsBehindALongJobAreSeenToByOthers) {
  // Given a worker whose last job was the first not to end, and one that waits
  for (int i = 0; i < 100; ++i) {
    queues_.push(first_, &jobs_[1]);
    queues_.take(first_);
  }
  std::atomic<run_queues::job> taken{nullptr};
  std::thread waiting{[&] { taken = queues_.take(second_); }};

  // When a socket has something to tell
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  auto gate = std::make_shared<internal::notification_gate>(
    [&] { queues_.push(&jobs_[0]); });
  auto socket = std::make_shared<internal::watched_socket>(pair[0], gate);
  ASSERT_EQ(queues_.events()->watch(socket), 0);
  ASSERT_EQ(::write(pair[1], "x", 1), 1);

  // Then the other hears of it.
  waiting.join();
  EXPECT_EQ(taken.load(), &jobs_[0]);
  queues_.events()->unwatch(*socket);
  gate->shut();
  ::close(pair[0]);
  ::close(pair[1]);
}

// Nobody called the one who looked up: the one who polls has to hear that not
// all wait any more. An actor system that ended at such a moment hung.
TEST_P(RunQueuesTest, OneWhoLooksUpAndStaysBusyLeavesNobodyWaitingForEver) {
  // Given two workers of which one waits for events without limit,
  std::atomic<run_queues::job> first_took{nullptr};
  std::atomic<run_queues::job> second_took{nullptr};
  std::thread one{[&] { first_took = queues_.take(first_); }};
  std::thread two{[&] { second_took = queues_.take(second_); }};
  while (!queues_.at_rest())
    std::this_thread::yield();

  // when the other looks up, finds a job and does not come back,
  queues_.push(second_, &jobs_[0]);
  while (!first_took && !second_took)
    std::this_thread::yield();

  // then the next job is taken too.
  queues_.push(&jobs_[1]);
  one.join();
  two.join();
  std::set<run_queues::job> seen{first_took, second_took};
  EXPECT_EQ(seen, (std::set<run_queues::job>{&jobs_[0], &jobs_[1]}));
}

TEST_P(RunQueuesTest, NoJobIsLostOrRunTwiceUnderLoad) {
  constexpr std::size_t total = 100'000;
  std::atomic<std::size_t> runs{0};
  named_job end;
  auto work = [&](std::size_t worker) {
    for (;;) {
      auto next = queues_.take(worker);
      if (next == &end)
        return;
      if (++runs < total)
        queues_.push(worker, next);
      else
        queues_.push(next);
      if (runs >= total + jobs_.size())
        return;
    }
  };
  for (auto& x : jobs_)
    queues_.push(&x);
  std::thread one{work, first_};
  std::thread two{work, second_};
  while (runs < total)
    std::this_thread::yield();
  queues_.push(&end);
  queues_.push(&end);
  one.join();
  two.join();

  auto rest = queues_.drain();
  std::erase(rest, &end);
  std::set<run_queues::job> unique{rest.begin(), rest.end()};
  EXPECT_EQ(rest.size(), jobs_.size());
  EXPECT_EQ(unique.size(), jobs_.size());
}

TEST_P(RunQueuesTest, WhoeverLeavesHandsOverItsJobsAndIsNotWaitedFor) {
  // Given a worker that leaves with jobs of its own
  queues_.push(first_, &jobs_[0]);
  queues_.push(first_, &jobs_[1]);
  queues_.leave(first_);

  // Then the other runs them,
  std::set<run_queues::job> seen{queues_.take(second_), queues_.take(second_)};
  EXPECT_EQ(seen, (std::set<run_queues::job>{&jobs_[0], &jobs_[1]}));

  // and rests without the one who has left.
  std::thread other{[&] { queues_.take(second_); }};
  while (!queues_.at_rest())
    std::this_thread::yield();
  queues_.push(&jobs_[0]);
  other.join();
}

TEST_P(RunQueuesTest, NothingIsTakenInOnceAllWasDrained) {
  EXPECT_TRUE(queues_.push(&jobs_[0]));
  EXPECT_EQ(queues_.drain(), std::vector<run_queues::job>{&jobs_[0]});
  EXPECT_FALSE(queues_.push(&jobs_[1]));
  EXPECT_TRUE(queues_.drain().empty());
}

TEST_P(RunQueuesTest, EventsThatDoNotComeKeepNobodyAwake) {
  std::thread one{[&] { queues_.take(first_); }};
  std::thread two{[&] { queues_.take(second_); }};
  while (!queues_.at_rest())
    std::this_thread::yield();
  queues_.push(&jobs_[0]);
  queues_.push(&jobs_[1]);
  one.join();
  two.join();
}

INSTANTIATE_TEST_SUITE_P(
  With, RunQueuesTest,
  ::testing::Values(waiting_rules{"sleep", 0us, 0},
                    waiting_rules{"spin", 20us, 0},
                    waiting_rules{"many_events", 0us, run_queues::spin_events}),
  [](auto& x) { return x.param.name; });

} // namespace
} // namespace obol::test
