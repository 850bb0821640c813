#include "obol/function_library.hpp"

#include <gmock/gmock.h>

#include "store_fixture.hpp"

// What accounts may and may not do, as server administrators set it.

namespace obol::test {

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// What a data account needs, by layout; loading functions is not part of it.
std::string data_account(const std::string& server_name) {
  const std::string common
    = "user app on >app-password resetchannels -@all ~charon_* +fcall +hget "
      "+hgetall +hexists +hkeys +hdel +del +time +ping ";
  return common
         + (server_name == "redis-7"
              ? "+hvals +hset +zadd +zrem +zrange +zscore +expiretime "
                "+expireat +set"
              : "+hmget +hsetex");
}

constexpr const char* loading_account
  = "user loader on >loader-password resetkeys resetchannels -@all "
    "+function|load +function|list +time +ping";

} // namespace

class AccountsTest : public StoreTest {
protected:
  std::unique_ptr<server> start_with(std::vector<std::string> accounts) {
    return start({.acl = std::move(accounts)});
  }

  options app_options(const server& target) const {
    auto result = options_for(target);
    result.username = "app";
    result.password = secret{std::string{"app-password"}};
    return result;
  }

  const function_library& library() const {
    return GetParam() == "redis-7" ? library_for_three_set()
                                   : library_for_hash_field_expiry();
  }

  /// Every operation works.
  static void expect_all_work(facade& store) {
    auto login = store.upsert(new_session("a"));
    ASSERT_EQ(words(login), "ok");
    EXPECT_EQ(words(store.upsert(*login)), "ok");
    EXPECT_TRUE(value(store.get(key_of("a"))));
    EXPECT_EQ(value(store.get_all({some_user})).size(), 1u);
    EXPECT_EQ(words(store.remove_others(key_of("a"))), "ok");
    EXPECT_EQ(value(store.revoke_before({some_user}, unix_now() + 10)), 1);
    EXPECT_EQ(words(store.remove(key_of("a"))), "ok");
    EXPECT_EQ(words(store.remove_all({some_user})), "ok");
  }
};

OBOL_ON_EVERY_SERVER(AccountsTest);

TEST_P(AccountsTest, WithoutTheRightToLoadAnEmptyServerIsMisconfigured) {
  // Given an account without function|load, and no functions.
  auto target = start_with({data_account(GetParam()) + " +function|list"});
  auto store = open_store(app_options(*target));

  // Then the store names what is missing, in wait_ready, status and calls.
  auto names_it
    = AllOf(StartsWith("misconfigured: "), HasSubstr("+function|load"));
  EXPECT_THAT(trouble(store, "misconfigured"), names_it);
  EXPECT_THAT(store.status().reason, names_it);
  EXPECT_THAT(words(store.upsert(new_session("a"))), names_it);

  // And is ready by itself when an operator has loaded them.
  target->command({"FUNCTION", "LOAD", library().code});
  ASSERT_EQ(words(store.wait_ready(patience)), "ok");
  EXPECT_EQ(store.status().functions_loaded, 0u);
  expect_all_work(store);
}

TEST_P(AccountsTest, AnAccountThatMayNotEvenLookIsToldTheSame) {
  auto target = start_with({data_account(GetParam())});
  auto store = open_store(app_options(*target));

  EXPECT_THAT(
    trouble(store, "misconfigured"),
    AllOf(StartsWith("misconfigured: "), HasSubstr("+function|load")));
}

TEST_P(AccountsTest, TheSmallestAccountWorksWhenTheLibraryIsThere) {
  auto target = start_with({data_account(GetParam())});
  target->command({"FUNCTION", "LOAD", library().code});

  auto store = ready_store(app_options(*target));

  expect_all_work(store);
}

TEST_P(AccountsTest, ASecondAccountMayLoadWhatTheFirstUses) {
  // Given one account for data and one for functions, neither of which may do
  // what the other does.
  auto target = start_with({data_account(GetParam()), loading_account});
  auto settings = app_options(*target);
  settings.registrar_username = "loader";
  settings.registrar_password = secret{std::string{"loader-password"}};

  auto store = ready_store(std::move(settings));

  EXPECT_EQ(store.status().functions_loaded, 1u);
  expect_all_work(store);

  // And the functions come back the same way.
  target->command({"FUNCTION", "FLUSH"});
  EXPECT_EQ(words(store.upsert(new_session("b"))), "ok");
  EXPECT_EQ(store.status().functions_loaded, 2u);
}

TEST_P(AccountsTest, AMissingCommandIsNamedBeforeAnythingIsStored) {
  auto target = start_with({data_account(GetParam()) + " -hdel"});
  target->command({"FUNCTION", "LOAD", library().code});
  auto store = open_store(app_options(*target));

  EXPECT_THAT(trouble(store, "misconfigured"),
              AllOf(StartsWith("misconfigured: "), HasSubstr("+hdel")));
  EXPECT_EQ(target->command({"DBSIZE"}), 0);
}

TEST_P(AccountsTest, AnAccountForOtherKeysIsMisconfigured) {
  auto target = start_with({data_account(GetParam())});
  target->command({"FUNCTION", "LOAD", library().code});
  auto settings = app_options(*target);
  settings.key_prefix = "elsewhere";
  auto store = open_store(std::move(settings));

  EXPECT_THAT(trouble(store, "misconfigured"),
              AllOf(StartsWith("misconfigured: "), HasSubstr("key")));
}

TEST_P(AccountsTest, AWrongPasswordIsMisconfiguredAndCuredByTheRightOne) {
  auto target = start_with({data_account(GetParam())});
  target->command({"FUNCTION", "LOAD", library().code});
  target->command({"ACL", "SETUSER", "app", "resetpass", ">another"});
  auto store = open_store(app_options(*target));

  EXPECT_THAT(trouble(store, "misconfigured"), StartsWith("misconfigured: "));

  target->command({"ACL", "SETUSER", "app", ">app-password"});
  EXPECT_EQ(words(store.wait_ready(patience)), "ok");
}

TEST_P(AccountsTest, APermissionLostLaterIsMisconfiguredAndNothingIsStored) {
  auto target
    = start_with({data_account(GetParam()) + " +function|load +function|list"});
  auto store = ready_store(app_options(*target));
  target->command(
    {"ACL", "SETUSER", "app", GetParam() == "redis-7" ? "-hset" : "-hsetex"});

  EXPECT_EQ(outcome(store.upsert(new_session("a"))), "misconfigured");

  EXPECT_FALSE(value(store.get(key_of("a"))));
  EXPECT_TRUE(value(store.get_all({some_user})).empty());
}

} // namespace obol::test
