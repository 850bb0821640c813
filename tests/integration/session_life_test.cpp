#include <gmock/gmock.h>

#include <algorithm>
#include <optional>

#include "store_fixture.hpp"

// A login's whole life through the blocking facade, in every layout.

namespace obol::test {

namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

std::vector<std::string> ids_of(facade& store,
                                const session_set& set = {some_user}) {
  std::vector<std::string> result;
  auto found = store.get_all(set);
  if (!found)
    return {words(found)};
  for (auto& x : *found)
    result.push_back(x.id);
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace

class SessionLifeTest : public LayoutStoreTest {
protected:
  void SetUp() override {
    LayoutStoreTest::SetUp();
    if (!IsSkipped())
      store.emplace(ready_store(settings()));
  }

  session stored(std::string id, user_id user = some_user) {
    auto result = store->upsert(new_session(std::move(id), std::move(user)));
    EXPECT_EQ(words(result), "ok");
    return result ? *result : session{};
  }

  /// Milliseconds since the Unix epoch on the server's clock.
  std::int64_t server_ms() {
    auto time = target->command({"TIME"}).texts();
    return std::stoll(time.at(0)) * 1000 + std::stoll(time.at(1)) / 1000;
  }

  std::optional<facade> store;
};

OBOL_ON_EVERY_LAYOUT(SessionLifeTest);

TEST_P(SessionLifeTest, WhatIsStoredIsReadBackWhole) {
  // Given a session with every field set.
  auto login = new_session("a");
  login.expires_at = login.created_at + 7200;
  login.prev_tokens_fresh_from = login.created_at - 10;
  login.extra_payload = *extra_payload::from_json(R"({"device":"phone"})");

  // When it is stored for the first time.
  auto answer = store->upsert(login);

  // Then it is what was given, with the first lock version.
  ASSERT_EQ(words(answer), "ok");
  login.lock_version = 1;
  EXPECT_EQ(*answer, login);
  auto found = store->get(login.key());
  ASSERT_EQ(words(found), "ok");
  EXPECT_EQ(*found, login);
}

TEST_P(SessionLifeTest, WhatWasNeverStoredIsNothingAndNoFailure) {
  auto found = store->get(key_of("a"));

  ASSERT_EQ(words(found), "ok");
  EXPECT_FALSE(*found);
}

TEST_P(SessionLifeTest, ARefreshReplacesTheSessionAndCountsTheLockVersion) {
  auto login = stored("a");

  login.refreshed_at += 10;
  login.refresh_expires_at += 10;
  login.refresh_token_id = "refresh-token-2";
  auto refreshed = store->upsert(login);

  ASSERT_EQ(words(refreshed), "ok");
  EXPECT_EQ(refreshed->lock_version, 2);
  EXPECT_EQ(value(store->get(login.key())).value(), *refreshed);
}

TEST_P(SessionLifeTest, StringAndIntegerUsersAreDifferentUsers) {
  stored("a", 7);

  auto found = store->get(key_of("a", "7"));

  ASSERT_EQ(words(found), "ok");
  EXPECT_FALSE(*found);
  EXPECT_EQ(store->status().ignored.wrong_owner, 1u);
  EXPECT_TRUE(value(store->get(key_of("a", 7))));
}

TEST_P(SessionLifeTest, TypesAreListedAndRevokedApart) {
  stored("a");
  auto other = new_session("a");
  other.type = "oauth2";
  ASSERT_EQ(words(store->upsert(other)), "ok");

  EXPECT_EQ(value(store->remove_all({some_user, "oauth2"})), 1);

  EXPECT_THAT(ids_of(*store), ElementsAre("a"));
  EXPECT_THAT(ids_of(*store, {some_user, "oauth2"}), ElementsAre());
}

TEST_P(SessionLifeTest, AllSessionsOfAUserAreListedAndNobodyElses) {
  stored("a");
  stored("b");
  stored("c", "somebody else");

  EXPECT_THAT(ids_of(*store), ElementsAre("a", "b"));
  EXPECT_THAT(ids_of(*store, {999}), ElementsAre());
}

TEST_P(SessionLifeTest, ADeleteTellsWhetherTheSessionWasThere) {
  stored("a");
  stored("b");

  EXPECT_EQ(value(store->remove(key_of("a"))), 1);
  EXPECT_EQ(value(store->remove(key_of("a"))), 0);

  EXPECT_FALSE(value(store->get(key_of("a"))));
  EXPECT_THAT(ids_of(*store), ElementsAre("b"));
}

TEST_P(SessionLifeTest, LoggingOutEverywhereLeavesNothing) {
  stored("a");
  stored("b");

  EXPECT_EQ(value(store->remove_all({some_user})), 2);
  EXPECT_EQ(value(store->remove_all({some_user})), 0);

  EXPECT_THAT(ids_of(*store), ElementsAre());
}

TEST_P(SessionLifeTest, LoggingOutTheOthersKeepsTheOneNamed) {
  stored("a");
  stored("b");
  stored("c");

  EXPECT_EQ(value(store->remove_others(key_of("b"))), 2);

  EXPECT_THAT(ids_of(*store), ElementsAre("b"));
}

TEST_P(SessionLifeTest, RevokingBeforeAnInstantKeepsWhatWasCreatedThen) {
  // Given sessions from before, at and after an instant.
  auto instant = unix_now() - 100;
  for (auto [id, offset] : {std::pair{"old", -1}, {"at", 0}, {"new", 1}}) {
    auto login = new_session(id);
    login.created_at = instant + offset;
    ASSERT_EQ(words(store->upsert(login)), "ok");
  }

  // When those from before it are revoked, twice.
  EXPECT_EQ(value(store->revoke_before({some_user}, instant)), 1);
  EXPECT_EQ(value(store->revoke_before({some_user}, instant)), 0);

  // Then the others are still there, and the old one is gone for good.
  EXPECT_THAT(ids_of(*store), UnorderedElementsAre("at", "new"));
  auto late = new_session("old");
  late.lock_version = 1;
  EXPECT_EQ(outcome(store->upsert(late)), "gone");
}

TEST_P(SessionLifeTest, AnExpiredSessionIsNothing) {
  auto login = new_session("a");
  login.refresh_expires_at = unix_now() + 1;
  login.refreshed_at = login.refresh_expires_at - 10;
  ASSERT_EQ(words(store->upsert(login)), "ok");

  EXPECT_TRUE(eventually([&] {
    return server_ms() > login.refresh_expires_at * 1000
           && !value(store->get(login.key()));
  }));
  EXPECT_THAT(ids_of(*store), ElementsAre());
  login.lock_version = 1;
  login.refresh_expires_at = unix_now() + 100;
  EXPECT_EQ(outcome(store->upsert(login)), "gone");
}

TEST_P(SessionLifeTest, ASettledWriteCanBeResolvedAfterwards) {
  // Given a write whose token somebody made up afterwards.
  stored("a");
  resolution_token token;
  token.key = key_of("a");
  token.lock_version = 1;
  token.operation_id = "0123456789abcdef";
  token.server_deadline = unix_now() * 1000 - 1000;

  // Then the ring knows that another operation wrote this version, and that
  // nobody wrote the next one.
  EXPECT_EQ(value(store->resolve(token)), resolution::not_applied);
  token.lock_version = 2;
  EXPECT_EQ(value(store->resolve(token)), resolution::not_applied);
}

TEST_P(SessionLifeTest, TheStatusTellsLayoutAndServer) {
  auto status = store->status();

  EXPECT_NE(status.phase, pool_phase::not_ready);
  EXPECT_EQ(status.reason, "");
  EXPECT_EQ(status.layout, is_hash() ? "hash_field_expiry" : "three_set");
  auto expected_name = GetParam().server.substr(0, GetParam().server.find('-'));
  EXPECT_EQ(status.server.substr(0, status.server.find(' ')), expected_name);
  EXPECT_EQ(status.functions_loaded, 1u);
}

} // namespace obol::test
