#include "obol/internal/checkout_desk.hpp"
#include "obol/internal/submission_queue.hpp"
#include "obol/spawn_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using internal::checkout_desk;
using internal::instant;

/// A desk whose pool and connections are nothing but names.
class CheckoutDeskTest : public ::testing::Test {
protected:
  static constexpr instant start = instant{} + 1h;

  CheckoutDeskTest() {
    epoch_ = desk_.open(handle_of<pool_actor>(pool_), {2, 1, 1, 30s});
  }

  ~CheckoutDeskTest() override {
    desk_.close(epoch_);
  }

  template <class Handle>
  static Handle handle_of(const caf::scoped_actor& x) {
    return caf::actor_cast<Handle>(address_of(x));
  }

  static caf::strong_actor_ptr address_of(const caf::scoped_actor& x) {
    return caf::actor_cast<caf::strong_actor_ptr>(x);
  }

  /// A ready connection.
  checkout_desk::slot_id seat(const internal::submission_queue_ptr& who) {
    auto slot = desk_.ledger()->add(false);
    desk_.seat(slot, who);
    desk_.ledger()->on_up(slot, start);
    return slot;
  }

  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  caf::scoped_actor pool_{system_};
  internal::submission_queue_ptr first_
    = caf::make_counted<internal::submission_queue>();
  checkout_desk desk_;
  checkout_desk::epoch epoch_ = 0;
};

TEST_F(CheckoutDeskTest, RequestGoesToAConnectionWithRoom) {
  seat(first_);
  EXPECT_EQ(desk_.route().connection, first_);
}

TEST_F(CheckoutDeskTest, RequestGoesToThePoolWhereNoneHasRoom) {
  seat(first_);
  desk_.route();
  EXPECT_EQ(desk_.route().pool, address_of(pool_));
}

TEST_F(CheckoutDeskTest, RequestDoesNotOvertakeThoseThatWait) {
  // Given one that waits because there was no room
  auto slot = seat(first_);
  desk_.route();
  EXPECT_FALSE(desk_.checkout());

  // When there is room again, the pool is told, and new ones go behind it
  EXPECT_TRUE(desk_.checkin(epoch_, slot, 1, start));
  EXPECT_EQ(desk_.route().pool, address_of(pool_));
  EXPECT_TRUE(desk_.checkout());

  // until nobody waits any more.
  EXPECT_TRUE(desk_.checkin(epoch_, slot, 1, start));
  desk_.set_queue(false, false);
  EXPECT_EQ(desk_.route().connection, first_);
  EXPECT_FALSE(desk_.checkin(epoch_, slot, 1, start));
}

TEST_F(CheckoutDeskTest, FullQueueDivertsNewRequestsToThePool) {
  seat(first_);
  desk_.set_queue(false, true);
  EXPECT_EQ(desk_.route().pool, address_of(pool_));
}

TEST_F(CheckoutDeskTest, BrokenConnectionGetsNothingBeforeThePoolHasHeard) {
  auto slot = seat(first_);
  desk_.set_alive(epoch_, slot, false);
  EXPECT_EQ(desk_.route().pool, address_of(pool_));
  desk_.set_alive(epoch_, slot, true);
  EXPECT_EQ(desk_.route().connection, first_);
}

TEST_F(CheckoutDeskTest, RequestIsOnItsWayUntilItHasArrived) {
  auto slot = seat(first_);
  EXPECT_FALSE(desk_.has_on_way(epoch_, slot, 0));
  desk_.route();
  EXPECT_TRUE(desk_.has_on_way(epoch_, slot, 0));
  EXPECT_FALSE(desk_.has_on_way(epoch_, slot, 1));

  // Whoever sits there next begins anew.
  desk_.ledger()->remove(slot);
  ASSERT_EQ(seat(first_), slot);
  EXPECT_FALSE(desk_.has_on_way(epoch_, slot, 0));
}

TEST_F(CheckoutDeskTest, ForecastHoldsWhatIsUnderWayAndNothingElse) {
  // Given two desks that tell the same forecast
  auto forecast = std::make_shared<internal::event_forecast>();
  {
    checkout_desk desk;
    desk.tell(forecast);
    auto epoch = desk.open(handle_of<pool_actor>(pool_), {1, 0, 8, 30s});
    auto slot = desk.ledger()->add(false);
    desk.seat(slot, first_);
    desk.ledger()->on_up(slot, start);
    checkout_desk other;
    other.tell(forecast);

    // When requests come and go
    desk.route();
    desk.route();
    desk.checkout();
    EXPECT_EQ(desk.in_flight(), 3u);
    EXPECT_EQ(forecast->count(), 3u);
    desk.checkin(epoch, slot, 2, start);
    EXPECT_EQ(forecast->count(), 1u);

    // or their connection goes with them,
    desk.ledger()->remove(slot);
    EXPECT_EQ(forecast->count(), 0u);

    // or the pool, or the store
    ASSERT_EQ(desk.ledger()->add(false), slot);
    desk.ledger()->on_up(slot, start);
    desk.route();
    EXPECT_EQ(forecast->count(), 1u);
    desk.close(epoch);
    EXPECT_EQ(forecast->count(), 0u);
    epoch = desk.open(handle_of<pool_actor>(pool_), {1, 0, 8, 30s});
    slot = desk.ledger()->add(false);
    desk.seat(slot, first_);
    desk.ledger()->on_up(slot, start);
    desk.route();
    EXPECT_EQ(forecast->count(), 1u);
    desk.seat(slot, {});
  }

  // Then nothing is expected any more.
  EXPECT_EQ(forecast->count(), 0u);
}

TEST_F(CheckoutDeskTest, RequestWhoseConnectionHasEndedGoesToThePool) {
  seat(first_);
  EXPECT_EQ(desk_.reroute().pool, address_of(pool_));
  EXPECT_FALSE(desk_.reroute().connection);
}

TEST_F(CheckoutDeskTest, NothingIsRoutedOnceItIsClosed) {
  seat(first_);
  desk_.close(epoch_);
  EXPECT_FALSE(desk_.route());
  EXPECT_FALSE(desk_.reroute());
}

TEST_F(CheckoutDeskTest, LastWordsOfAnotherEpochChangeNothing) {
  // Given a connection of a pool that has ended
  auto slot = seat(first_);
  desk_.route();
  desk_.close(epoch_);

  // When another pool has one in its place
  auto before = std::exchange(
    epoch_, desk_.open(handle_of<pool_actor>(pool_), {2, 1, 1, 30s}));
  ASSERT_EQ(seat(first_), slot);
  desk_.route();

  // Then the old one cannot check in the new one's requests, nor close.
  EXPECT_FALSE(desk_.checkin(before, slot, 1, start));
  EXPECT_TRUE(desk_.has_on_way(epoch_, slot, 0));
  EXPECT_FALSE(desk_.has_on_way(before, slot, 0));
  EXPECT_EQ(desk_.ledger()->counts().in_flight, 1u);
  desk_.close(before);
  EXPECT_EQ(desk_.route().pool, address_of(pool_));
}

TEST_F(CheckoutDeskTest, ManyThreadsNeverExceedTheLimit) {
  // Given room for one request
  auto slot = seat(first_);
  std::atomic<int> in_flight{0};
  std::atomic<int> most{0};
  auto work = [&] {
    for (int i = 0; i < 10'000; ++i) {
      if (desk_.route().connection != first_)
        continue;
      most = std::max(most.load(), ++in_flight);
      --in_flight;
      desk_.checkin(epoch_, slot, 1, start);
    }
  };

  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back(work);
  for (auto& x : threads)
    x.join();

  EXPECT_EQ(most, 1);
  EXPECT_EQ(desk_.ledger()->counts().in_flight, 0u);
}

} // namespace
} // namespace obol::test
