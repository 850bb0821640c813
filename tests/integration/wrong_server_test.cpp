#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "store_fixture.hpp"
#include "support_actors/socket_peer.hpp"

// Servers that are not there, not right or not Redis: calls fail at once with
// what is wrong, and a store can always be closed.

namespace obol::test {

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// Answers whatever comes with the same bytes, until it goes.
class parrot {
public:
  explicit parrot(std::string answer) : answer_(std::move(answer)) {
    thread_ = std::thread{[this] { run(); }};
  }

  ~parrot() {
    stopping_ = true;
    // Wakes it up.
    internal::transport_settings settings;
    auto network = internal::make_socket_transport_factory(settings, nullptr);
    transport_owner visitor{*network};
    visitor.connect(listener_.where());
    thread_.join();
  }

  const endpoint& where() const {
    return listener_.where();
  }

private:
  void run() {
    std::vector<unique_fd> visitors;
    for (;;) {
      visitors.push_back(listener_.accept());
      if (stopping_)
        return;
      try {
        if (!answer_.empty() && !read_up_to(visitors.back(), 1).empty())
          write_all(visitors.back(), answer_);
      } catch (const std::system_error&) {
        // The visitor left.
      }
    }
  }

  listener listener_ = listener::tcp();
  std::string answer_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

options options_for_endpoint(const endpoint& where) {
  auto result = options_for("/nowhere");
  result.endpoint = where;
  result.connect_timeout = 100ms;
  return result;
}

/// Every call fails with this, each within its own deadline or at once.
void expect_every_call(facade& store, const char* code) {
  EXPECT_EQ(outcome(store.upsert(new_session("a"))), code);
  EXPECT_EQ(outcome(store.get(key_of("a"))), code);
  EXPECT_EQ(outcome(store.remove(key_of("a"))), code);
  EXPECT_EQ(outcome(store.get_all({some_user})), code);
  EXPECT_EQ(outcome(store.remove_all({some_user})), code);
}

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string{text}
         + "\r\n";
}

} // namespace

// -- nobody there -------------------------------------------------------------

TEST(WrongServerTest, ASocketThatIsNotThereIsUnavailable) {
  auto store = open_store(options_for("/nowhere/at/all"));

  EXPECT_THAT(trouble(store, "unavailable"), StartsWith("unavailable: "));
  expect_every_call(store, "unavailable");
}

TEST(WrongServerTest, APortThatRefusesIsUnavailable) {
  auto nobody = listener::refusing();
  auto store = open_store(options_for_endpoint(nobody.where()));

  EXPECT_THAT(trouble(store, "unavailable"), HasSubstr("refused"));
  expect_every_call(store, "unavailable");
}

TEST(WrongServerTest, AHostThatDoesNotExistIsUnavailable) {
  endpoint where;
  where.host = "nobody.invalid";
  auto store = open_store(options_for_endpoint(where));

  EXPECT_THAT(trouble(store, "unavailable"), StartsWith("unavailable: "));
  expect_every_call(store, "unavailable");
}

TEST(WrongServerTest, APortThatNeverAcceptsIsUnavailableAfterItsTimeout) {
  auto silent = listener::silent();
  auto store = open_store(options_for_endpoint(silent.where()));

  EXPECT_TRUE(eventually([&] {
    return store.status().reason.find("connect_timeout") != std::string::npos;
  }))
    << store.status().reason;
  expect_every_call(store, "unavailable");
}

// -- somebody else ------------------------------------------------------------

TEST(WrongServerTest, OneThatNeverAnswersIsUnavailableAfterItsTimeout) {
  parrot mute{""};
  auto store = open_store(options_for_endpoint(mute.where()));

  EXPECT_TRUE(eventually([&] {
    return store.status().reason.find("connect_timeout") != std::string::npos;
  }))
    << store.status().reason;
  expect_every_call(store, "unavailable");
}

TEST(WrongServerTest, AWebServerIsNotTakenForRedis) {
  parrot web{"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"};
  auto store = open_store(options_for_endpoint(web.where()));

  EXPECT_TRUE(eventually([&] {
    return store.status().reason.find("protocol") != std::string::npos;
  }))
    << store.status().reason;
}

TEST(WrongServerTest, AServerOlderThanHelloIsMisconfigured) {
  parrot old{
    "-ERR unknown command `HELLO`, with args beginning with: `2`, \r\n"};
  auto store = open_store(options_for_endpoint(old.where()));

  EXPECT_THAT(trouble(store, "misconfigured"),
              AllOf(StartsWith("misconfigured: "), HasSubstr("HELLO")));
  expect_every_call(store, "misconfigured");
}

TEST(WrongServerTest, ASentinelIsMisconfigured) {
  parrot sentinel{"*6\r\n" + bulk("server") + bulk("redis") + bulk("version")
                  + bulk("7.0.15") + bulk("mode") + bulk("sentinel")};
  auto store = open_store(options_for_endpoint(sentinel.where()));

  EXPECT_THAT(trouble(store, "misconfigured"),
              AllOf(StartsWith("misconfigured: "), HasSubstr("Sentinel")));
}

// -- real ones in another role ------------------------------------------------

class WrongRoleTest : public StoreTest {};

OBOL_ON_EVERY_SERVER(WrongRoleTest);

TEST_P(WrongRoleTest, AReplicaIsUnavailableUntilItIsPromoted) {
  auto replica = start({.arguments = {"--replicaof", "127.0.0.1 1"}});
  auto store = open_store(options_for(*replica));

  EXPECT_TRUE(eventually(
    [&] { return store.status().reason.find("replica") != std::string::npos; }))
    << store.status().reason;
  EXPECT_EQ(outcome(store.upsert(new_session("a"))), "unavailable");

  replica->command({"REPLICAOF", "NO", "ONE"});
  EXPECT_EQ(words(store.wait_ready(patience)), "ok");
}

TEST_P(WrongRoleTest, AClusterNodeIsMisconfigured) {
  auto node = start({.arguments = {"--cluster-enabled", "yes"}});
  auto store = open_store(options_for(*node));

  EXPECT_THAT(trouble(store, "misconfigured"),
              AllOf(StartsWith("misconfigured: "), HasSubstr("cluster")));
}

TEST_P(WrongRoleTest, AMissingOrWrongPasswordIsMisconfigured) {
  auto target = start({.password = "right"});
  auto without = open_store(options_for(*target));
  auto settings = options_for(*target);
  settings.password = secret{std::string{"wrong"}};
  auto with_wrong_one = open_store(std::move(settings));

  EXPECT_THAT(trouble(without, "misconfigured"),
              AllOf(StartsWith("misconfigured: "), HasSubstr("password")));
  EXPECT_THAT(trouble(with_wrong_one, "misconfigured"),
              AllOf(StartsWith("misconfigured: "), HasSubstr("password")));
  expect_every_call(without, "misconfigured");
  expect_every_call(with_wrong_one, "misconfigured");
}

TEST_P(WrongRoleTest, ADatabaseThatIsNotThereIsMisconfigured) {
  auto target = start({.arguments = {"--databases", "2"}});
  auto settings = options_for(*target);
  settings.database = 5;
  auto store = open_store(std::move(settings));

  EXPECT_THAT(trouble(store, "misconfigured"),
              AllOf(StartsWith("misconfigured: "), HasSubstr("database")));
}

TEST_P(WrongRoleTest, TcpWorksAsTheSocketDoes) {
  auto target = start({.tcp = true});
  endpoint where;
  where.host = "localhost";
  where.port = target->port();
  auto settings = options_for_endpoint(where);
  settings.connect_timeout = longest;
  settings.database = 3;
  auto store = ready_store(std::move(settings));

  EXPECT_EQ(words(store.upsert(new_session("a"))), "ok");
  EXPECT_TRUE(value(store.get(key_of("a"))));
  EXPECT_EQ(target->command({"DBSIZE"}), 0);
}

TEST_P(WrongRoleTest, SomethingElseUnderASessionKeyIsMisconfigured) {
  auto target = start();
  auto store = ready_store(*target);
  for (auto* key : {"charon_.426.full", "charon_.se.426.full"})
    target->command({"SET", key, "something else"});

  EXPECT_THAT(words(store.get(key_of("a"))),
              AllOf(StartsWith("misconfigured: "), HasSubstr("key_prefix")));
  EXPECT_THAT(outcome(store.get_all({some_user})), "misconfigured");
  EXPECT_THAT(outcome(store.upsert(new_session("a"))),
              testing::AnyOf("misconfigured", "refused"));
  EXPECT_THAT(outcome(store.remove(key_of("a"))),
              testing::AnyOf("misconfigured", "refused"));
}

TEST_P(WrongRoleTest, AListLargerThanAStoreReadsIsRefusedAtTheFirstConnection) {
  auto target = start();
  auto store = ready_store(*target);
  for (auto* key : {"charon_.426.full", "charon_.se.426.full"})
    target->command({"EVAL",
                     "for i = 1, 100001 do redis.call('HSET', KEYS[1], i, '') "
                     "end",
                     "1", key});

  EXPECT_EQ(outcome(store.get_all({some_user})), "refused");

  EXPECT_EQ(store.status().connections_lost, 1u);
  EXPECT_EQ(words(store.get(key_of("a", 427))), "ok");
}

} // namespace obol::test
