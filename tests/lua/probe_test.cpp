#include <gmock/gmock.h>

#include <algorithm>

#include "lua/layout_test.hpp"

namespace obol::test {

class ProbeTest : public LayoutTest {
protected:
  /// What the data account of a store may run, and no more.
  std::vector<std::string> needed_commands() const {
    if (is_hash())
      return {"fcall", "hget",   "hmget", "hgetall", "hexists",
              "hkeys", "hsetex", "hdel",  "del",     "time"};
    return {"fcall",      "hget",     "hgetall", "hexists", "hkeys",  "hset",
            "hdel",       "zadd",     "zrem",    "zscore",  "zrange", "set",
            "expiretime", "expireat", "del",     "time"};
  }

  /// A connection of a user who may run these commands on these keys, and
  /// nothing else.
  redis_client connect_as(const std::vector<std::string>& commands,
                          const std::string& key_pattern = "p.*") {
    std::vector<std::string> rules{
      "ACL",       "SETUSER",       "data",  "reset",          "on",
      ">password", "resetchannels", "-@all", "~" + key_pattern};
    for (const auto& command : commands)
      rules.push_back("+" + command);
    EXPECT_EQ(target->command(rules), "OK");
    auto client = target->connect();
    EXPECT_EQ(client.command({"AUTH", "data", "password"}), "OK");
    return client;
  }

  std::vector<std::string> probe() {
    return fcall("probe", {std::to_string(now() + 60)});
  }
};

INSTANTIATE_TEST_SUITE_P(On, ProbeTest, testing::ValuesIn(all_layouts()),
                         layout_test_name);

TEST_P(ProbeTest, SaysOkAndLeavesNothingBehind) {
  EXPECT_EQ(target->command(probe()), "OK");
  EXPECT_THAT(contents(), testing::IsEmpty());
}

TEST_P(ProbeTest, RunsWhenMemoryIsFull) {
  target->command({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(target->command(probe()), "OK");
}

TEST_P(ProbeTest, ExpiryThatHasPassedIsReported) {
  EXPECT_EQ(call("probe", {std::to_string(now())}), "EXPIRED");
}

TEST_P(ProbeTest, MinimalAccountRunsEveryFunction) {
  auto client = connect_as(needed_commands());
  const auto until = std::to_string(now() + 60);
  EXPECT_EQ(client.command(probe()), "OK");
  EXPECT_EQ(
    client.command(fcall("upsert", arguments_of({"a", 1, "s", now() + 60,
                                                 op('1'), now_ms() + 10'000}))),
    "OK");
  EXPECT_EQ(
    client.command(fcall("upsert_charon", {"b", "1", "s", until, until})),
    "OK");
  EXPECT_EQ(client.command(fcall("resolve", {"a", "1", op('1'), "1"})),
            "APPLIED");
  EXPECT_EQ(client.command(fcall("delete", {"a"})), 1);
  EXPECT_EQ(client.command(fcall("delete_named", {"a"})), 0);
  EXPECT_FALSE(client.command(fcall("delete_others", {"a"})).is_error());
  EXPECT_FALSE(client.command(fcall("delete_all", {})).is_error());
  EXPECT_FALSE(client.command(fcall("delete_charon", {"a"})).is_error());
  EXPECT_FALSE(client.command(fcall("delete_all_charon", {})).is_error());
}

TEST_P(ProbeTest, NamesTheCommandThatIsMissingInTheAccount) {
  auto commands = needed_commands();
  for (const auto& withheld : needed_commands()) {
    if (withheld == "fcall")
      continue; // refused by the server itself
    // Given an account that lacks one command,
    auto others = commands;
    others.erase(std::remove(others.begin(), others.end(), withheld),
                 others.end());
    auto client = connect_as(others);
    // then the probe names it and has not run.
    EXPECT_EQ(client.command(probe()).text, "DENIED " + withheld);
    EXPECT_THAT(contents(), testing::IsEmpty());
  }
}

TEST_P(ProbeTest, AccountWithoutTheKeysIsRefusedByTheServer) {
  auto client = connect_as(needed_commands(), "other.*");
  EXPECT_THAT(client.command(probe()).text, testing::StartsWith("NOPERM"));
}

TEST_P(ProbeTest, AccountThatLostACommandStoresNoHalfSession) {
  for (const auto& withheld : needed_commands()) {
    if (withheld == "fcall")
      continue;
    // Given a running store whose account loses one command,
    target->command({"FLUSHALL"});
    upsert("a", 1, op('1'), "first");
    auto others = needed_commands();
    others.erase(std::remove(others.begin(), others.end(), withheld),
                 others.end());
    auto client = connect_as(others);
    // when it writes,
    const auto reply = client.command(
      fcall("upsert", arguments_of({"a", 2, "second", now() + 60, op('2'),
                                    now_ms() + 10'000})));
    // then either all of it is stored, or session, lock and ring are as they
    // were.
    if (reply.is_error()) {
      EXPECT_EQ(stored_session("a"), "first") << withheld;
      EXPECT_EQ(stored_lock("a"), "1") << withheld;
      EXPECT_EQ(stored_ring("a"), ";1:1111111111111111") << withheld;
    } else {
      EXPECT_EQ(reply, "OK") << withheld;
      EXPECT_EQ(stored_session("a"), "second") << withheld;
      EXPECT_EQ(stored_lock("a"), "2") << withheld;
    }
  }
}

class ProbeWithoutHsetexTest : public server_test {};

INSTANTIATE_TEST_SUITE_P(On, ProbeWithoutHsetexTest,
                         testing::ValuesIn(all_server_names()),
                         server_test_name);

TEST_P(ProbeWithoutHsetexTest, NamesTheCommandTheServerDoesNotHave) {
  // Loading succeeds everywhere; only a call shows what is missing.
  const auto target = start();
  const auto& library = library_for_hash_field_expiry();
  load(*target, library);
  const auto reply = target->command(
    {"FCALL", library.function("probe"), "1", "p.probe", "4102444800"});
  EXPECT_EQ(reply, target->has_command("HSETEX") ? "OK" : "MISSING hsetex");
  EXPECT_THAT(contents_of(*target), testing::IsEmpty());
}

} // namespace obol::test
