#include "obol/internal/resolver.hpp"
#include "obol/internal/socket_transport.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>

namespace obol::internal {
namespace {

/// Look-ups that end when the test lets them.
struct held_lookup {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::atomic<int> calls = 0;
};

lookup_function hold(const std::shared_ptr<held_lookup>& state) {
  return [state](const std::string& host, std::uint16_t port) -> lookup_result {
    ++state->calls;
    state->calls.notify_all();
    state->released.wait();
    return {{*numeric_address("127.0.0.1", port)}, host};
  };
}

/// One who waits for a resolution.
class waiting {
public:
  bool done() {
    return ready_.wait_for(std::chrono::seconds{20})
           == std::future_status::ready;
  }

  std::promise<void> told_;
  std::future<void> ready_ = told_.get_future();
  std::shared_ptr<resolution> resolution_ = std::make_shared<resolution>(
    std::make_shared<notification_gate>([this] { told_.set_value(); }));
};

TEST(ResolverTest, AddressesNeedNoLookUp) {
  auto v4 = numeric_address("127.0.0.1", 6379);
  auto v6 = numeric_address("::1", 6380);

  ASSERT_TRUE(v4 && v6);
  EXPECT_EQ(v4->storage.ss_family, AF_INET);
  EXPECT_EQ(v6->storage.ss_family, AF_INET6);
  EXPECT_EQ(reinterpret_cast<sockaddr_in&>(v4->storage).sin_port, htons(6379));
  EXPECT_EQ(reinterpret_cast<sockaddr_in6&>(v6->storage).sin6_port,
            htons(6380));
  EXPECT_FALSE(numeric_address("localhost", 6379));
}

TEST(ResolverTest, HostThatCannotBeANameIsRefused) {
  using namespace std::string_literals;
  for (auto& host : {""s, std::string(254, 'a'), "127.0.0.1\0.example"s}) {
    EXPECT_EQ(look_up_host(host, 1).failure, "host name is not valid");
    EXPECT_FALSE(numeric_address(host, 1));
  }
}

TEST(ResolverTest, WaitingLookUpsOfOneNameShareTheAnswer) {
  // Given a look-up under way, and three more of which two ask for one name
  auto state = std::make_shared<held_lookup>();
  resolver names{hold(state)};
  waiting first, second, third, other;
  names.look_up("a", 1, first.resolution_);
  state->calls.wait(0);
  names.look_up("b", 1, second.resolution_);
  names.look_up("c", 1, other.resolution_);
  names.look_up("b", 1, third.resolution_);

  // When the first ends
  state->release.set_value();

  // Then all are answered, and the name was looked up once
  for (auto* x : {&first, &second, &third, &other})
    EXPECT_TRUE(x->done());
  EXPECT_EQ(state->calls, 3);
  EXPECT_EQ(third.resolution_->take()->failure, "b");
}

TEST(ResolverTest, TooManyWaitingLookUpsFailAtOnce) {
  auto state = std::make_shared<held_lookup>();
  resolver names{hold(state)};
  std::vector<waiting> crowd(resolver::max_waiting + 1);
  names.look_up("a", 1, crowd.front().resolution_);
  state->calls.wait(0);
  for (std::size_t i = 1; i < crowd.size(); ++i)
    names.look_up("b", 1, crowd[i].resolution_);

  // One too many fails; once others have left there is room again.
  waiting refused, admitted;
  names.look_up("b", 1, refused.resolution_);
  ASSERT_TRUE(refused.done());
  EXPECT_EQ(refused.resolution_->take()->failure,
            "too many host look-ups are waiting");
  crowd.back().resolution_.reset();
  names.look_up("b", 1, admitted.resolution_);

  state->release.set_value();
  EXPECT_TRUE(admitted.done());
  EXPECT_EQ(admitted.resolution_->take()->failure, "b");
  for (std::size_t i = 0; i + 1 < crowd.size(); ++i)
    EXPECT_TRUE(crowd[i].done());
}

TEST(ResolverTest, NameNobodyWaitsForIsNotLookedUp) {
  auto state = std::make_shared<held_lookup>();
  resolver names{hold(state)};
  waiting first, last;
  auto second = std::make_unique<waiting>();
  names.look_up("a", 1, first.resolution_);
  state->calls.wait(0);
  names.look_up("b", 1, second->resolution_);
  names.look_up("c", 1, last.resolution_);

  second.reset();
  state->release.set_value();

  EXPECT_TRUE(last.done());
  EXPECT_EQ(state->calls, 2);
}

TEST(ResolverTest, TransportClosedWhileItsNameIsLookedUpHearsNothing) {
  auto state = std::make_shared<held_lookup>();
  auto factory = make_socket_transport_factory(
    {}, hold(state), std::make_shared<poller>(poller::driver::own_thread));
  std::atomic<int> notified = 0;
  auto client = factory->make([&] { ++notified; });
  endpoint where;
  where.host = "slow.example";
  client->connect(where);
  state->calls.wait(0);
  EXPECT_EQ(client->poll_connect(), connect_status::pending);

  client->close();
  state->release.set_value();

  // The thread of the resolver has ended when the factory has.
  client.reset();
  factory.reset();
  EXPECT_EQ(notified, 0);
}

TEST(ResolverTest, HangingLookUpDoesNotHoldUpTheEnd) {
  // Given a look-up that will not return
  auto state = std::make_shared<held_lookup>();
  std::weak_ptr<held_lookup> left_behind = state;
  auto names = std::make_unique<resolver>(hold(state));
  waiting client;
  names->look_up("a", 1, client.resolution_);
  state->calls.wait(0);

  // When the resolver ends before it
  names.reset();

  // Then what is left behind still answers safely when it returns at last
  state->release.set_value();
  EXPECT_TRUE(client.done());
}

} // namespace
} // namespace obol::internal
