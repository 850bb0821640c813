#include "obol/error.hpp"
#include "obol/interfaces.hpp"
#include "obol/internal/submission_queue.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace obol::test {
namespace {

using internal::flight;
using internal::operation;
using internal::submission_queue;

/// Does nothing, but tells when it ends.
class numbered_operation final : public operation {
public:
  numbered_operation(std::uint32_t x, std::atomic<int>& alive)
    : operation(internal::instant{}), number(x), alive_(alive) {
    ++alive_;
  }

  ~numbered_operation() override {
    --alive_;
  }

  caf::error put_request(std::string&, internal::execution&) override {
    return {};
  }

  verdict on_lost(bool, internal::execution&) override {
    return {};
  }

  const std::uint32_t number;

protected:
  verdict on_answer(reply&, internal::execution&) override {
    return {};
  }

private:
  std::atomic<int>& alive_;
};

/// A queue whose connection only listens.
class SubmissionQueueTest : public ::testing::Test {
protected:
  SubmissionQueueTest() {
    queue_->tell(connection_->address());
  }

  flight make(std::uint32_t number) {
    return {caf::make_counted<numbered_operation>(number, alive_),
            internal::requester{nullptr,
                                caf::actor_cast<caf::strong_actor_ptr>(client_),
                                {},
                                caf::make_message_id(number)}};
  }

  bool put(std::uint32_t number) {
    auto x = make(number);
    return queue_->put(x, nullptr);
  }

  /// The numbers of those that were taken and not looked at yet.
  std::vector<std::uint32_t> taken() {
    std::vector<std::uint32_t> result;
    while (auto x = queue_->next(connection_.ptr()))
      result.push_back(static_cast<numbered_operation&>(*x->what).number);
    return result;
  }

  /// How often the connection was told since this was last asked.
  int told() {
    int result = 0;
    while (connection_->has_next_message())
      connection_->receive([&](submit_atom) { ++result; });
    return result;
  }

  std::atomic<int> alive_{0};
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  caf::scoped_actor client_{system_};
  caf::scoped_actor connection_{system_};
  internal::submission_queue_ptr queue_ = caf::make_counted<submission_queue>();
};

TEST_F(SubmissionQueueTest, WhatIsPutInComesOutOldestFirst) {
  for (std::uint32_t i = 1; i <= 3; ++i)
    EXPECT_TRUE(put(i));
  queue_->take();
  EXPECT_EQ(taken(), (std::vector<std::uint32_t>{1, 2, 3}));
  EXPECT_EQ(alive_, 0);
}

TEST_F(SubmissionQueueTest, NothingComesOutBeforeItWasTaken) {
  put(1);
  EXPECT_FALSE(queue_->next(connection_.ptr()));
  queue_->take();
  put(2);
  EXPECT_EQ(taken(), (std::vector<std::uint32_t>{1}));
}

TEST_F(SubmissionQueueTest, WhatWasTakenBeforeComesFirst) {
  put(1);
  put(2);
  queue_->take();
  put(3);
  queue_->take();
  EXPECT_EQ(taken(), (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(SubmissionQueueTest, LookingAheadSeesTheNextAndTakesNothing) {
  for (std::uint32_t i = 1; i <= 3; ++i)
    put(i);
  std::vector<std::uint32_t> seen;
  auto look = [&](std::size_t most) {
    return queue_->look_ahead(most, [&](operation& x) {
      seen.push_back(static_cast<numbered_operation&>(x).number);
    });
  };
  EXPECT_EQ(look(9), 0u);
  queue_->take();
  EXPECT_EQ(look(2), 2u);
  EXPECT_EQ(seen, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(look(9), 3u);
  EXPECT_EQ(taken(), (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(SubmissionQueueTest, ConnectionIsToldOnceForAllThatItHasNotTaken) {
  put(1);
  put(2);
  put(3);
  EXPECT_EQ(told(), 1);
  queue_->take();
  EXPECT_EQ(told(), 0);
  put(4);
  EXPECT_EQ(told(), 1);
}

TEST_F(SubmissionQueueTest, RequesterComesOutWithItsOperation) {
  put(1);
  queue_->take();
  auto x = queue_->next(connection_.ptr());
  ASSERT_TRUE(x);
  x->requester.deliver(internal::make_answer(7));
  EXPECT_TRUE(client_->has_next_message());
}

TEST_F(SubmissionQueueTest, ClosedOneGivesOutWhatItHasAndTakesInNothing) {
  // Given two that were put in before
  put(1);
  queue_->take();
  put(2);
  told();
  queue_->close();

  // When another comes
  auto late = make(3);
  EXPECT_FALSE(queue_->put(late, nullptr));

  // Then it is as it was, and the others come out.
  ASSERT_TRUE(late.what);
  EXPECT_FALSE(late.requester.is_gone());
  EXPECT_EQ(told(), 0);
  EXPECT_EQ(taken(), (std::vector<std::uint32_t>{1, 2}));

  // Nor does it open again.
  queue_->take();
  queue_->close();
  EXPECT_FALSE(queue_->put(late, nullptr));
  EXPECT_TRUE(taken().empty());
}

TEST_F(SubmissionQueueTest, WhatIsLeftEndsWithIt) {
  put(1);
  queue_->take();
  put(2);
  EXPECT_EQ(alive_, 2);
  queue_.reset();
  EXPECT_EQ(alive_, 0);

  // Both requesters have heard of it.
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client_->has_next_message());
    auto answer = client_->dequeue();
    ASSERT_TRUE(answer->content().match_elements<caf::error>());
    EXPECT_EQ(code_of(answer->content().get_as<caf::error>(0)),
              ec::shutting_down);
  }
  EXPECT_FALSE(client_->has_next_message());
}

TEST_F(SubmissionQueueTest, WhatManyThreadsPutInComesOutOnceAndInTheirOrder) {
  constexpr std::uint32_t threads = 4;
  constexpr std::uint32_t each = 5'000;
  std::vector<std::thread> putting;
  for (std::uint32_t i = 0; i < threads; ++i)
    putting.emplace_back([this, i] {
      for (std::uint32_t k = 0; k < each; ++k)
        put(i * each + k);
    });
  // Whoever takes only looks when told, as a connection does.
  std::vector<std::uint32_t> next(threads);
  std::uint32_t count = 0;
  while (count < threads * each) {
    connection_->receive([&](submit_atom) { queue_->take(); });
    for (auto x : taken()) {
      EXPECT_EQ(next[x / each]++, x % each);
      ++count;
    }
  }
  for (auto& x : putting)
    x.join();
  queue_->take();
  EXPECT_TRUE(taken().empty());
  EXPECT_EQ(alive_, 0);
}

} // namespace
} // namespace obol::test
