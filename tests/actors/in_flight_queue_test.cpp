#include "obol/internal/in_flight_queue.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using obol::internal::in_flight_queue;
using obol::internal::instant;

/// Which of the queue's requests the server may have seen.
template <class T>
std::vector<bool> may_be_sent(in_flight_queue<T>& queue) {
  std::vector<bool> result;
  for (auto& x : queue)
    result.push_back(queue.may_be_sent(x));
  return result;
}

TEST(InFlightQueueTest, RepliesBelongToTheOldestRequest) {
  in_flight_queue<std::string> queue;
  queue.push("a", 10, instant{});
  queue.push("b", 10, instant{});

  EXPECT_EQ(queue.front().value, "a");
  EXPECT_EQ(queue.pop().value, "a");
  EXPECT_EQ(queue.pop().value, "b");
  EXPECT_TRUE(queue.empty());
}

TEST(InFlightQueueTest, RequestWithoutAByteWrittenWasNotSent) {
  in_flight_queue<int> queue;
  queue.push(1, 10, instant{});
  queue.push(2, 10, instant{});
  EXPECT_EQ(may_be_sent(queue), (std::vector<bool>{false, false}));
}

TEST(InFlightQueueTest, OneByteIsEnoughToBeInDoubt) {
  in_flight_queue<int> queue;
  queue.push(1, 10, instant{});
  queue.push(2, 10, instant{});
  queue.push(3, 1, instant{});

  queue.on_written(1);
  EXPECT_EQ(may_be_sent(queue), (std::vector<bool>{true, false, false}));
  // Ten bytes are the whole first request and nothing of the second.
  queue.on_written(9);
  EXPECT_EQ(may_be_sent(queue), (std::vector<bool>{true, false, false}));
  queue.on_written(1);
  EXPECT_EQ(may_be_sent(queue), (std::vector<bool>{true, true, false}));
  queue.on_written(10);
  EXPECT_EQ(may_be_sent(queue), (std::vector<bool>{true, true, true}));
}

TEST(InFlightQueueTest, AnsweredRequestsDoNotShiftTheBytes) {
  in_flight_queue<int> queue;
  queue.push(1, 10, instant{});
  queue.on_written(10);
  queue.pop();

  queue.push(2, 5, instant{});
  queue.push(3, 5, instant{});

  EXPECT_EQ(may_be_sent(queue), (std::vector<bool>{false, false}));
  queue.on_written(5);
  EXPECT_EQ(may_be_sent(queue), (std::vector<bool>{true, false}));
}

TEST(InFlightQueueTest, PoppedEntryStillKnowsWhetherItWasSent) {
  in_flight_queue<int> queue;
  queue.push(1, 10, instant{});
  queue.on_written(3);
  auto first = queue.pop();
  EXPECT_TRUE(queue.may_be_sent(first));
}

TEST(InFlightQueueTest, AbandonedRequestKeepsItsPlace) {
  in_flight_queue<int> queue;
  queue.push(1, 10, instant{});
  queue.push(2, 10, instant{});

  queue.front().abandoned = true;

  EXPECT_EQ(queue.size(), 2u);
  auto first = queue.pop();
  EXPECT_EQ(first.value, 1);
  EXPECT_TRUE(first.abandoned);
  EXPECT_FALSE(queue.pop().abandoned);
}

TEST(InFlightQueueTest, EntryRemembersWhenItWasPutIn) {
  in_flight_queue<int> queue;
  queue.push(1, 10, instant{} + 3s);
  EXPECT_EQ(queue.front().since, instant{} + 3s);
}

TEST(InFlightQueueTest, FreshQueueForgetsTheOldStream) {
  in_flight_queue<std::unique_ptr<int>> queue;
  queue.push(std::make_unique<int>(1), 10, instant{});
  queue.on_written(10);

  auto lost = std::exchange(queue, {});

  EXPECT_TRUE(lost.may_be_sent(lost.front()));
  EXPECT_TRUE(queue.empty());
  queue.push(std::make_unique<int>(2), 10, instant{});
  EXPECT_FALSE(queue.may_be_sent(queue.front()));
}

} // namespace
