#include "obol/url.hpp"

#include <gmock/gmock.h>

#include <optional>

#include "store_fixture.hpp"

// What callers get wrong: the error names it, and nothing is stored.

namespace obol::test {

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

auto names(const char* field) {
  return AllOf(StartsWith("invalid_argument: "), HasSubstr(field));
}

} // namespace

class BadInputTest : public StoreTest {
protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (IsSkipped())
      return;
    target = start();
    store.emplace(ready_store(*target));
  }

  void TearDown() override {
    if (target) {
      EXPECT_EQ(target->command({"DBSIZE"}), 0);
    }
  }

  std::unique_ptr<server> target;
  std::optional<facade> store;
};

OBOL_ON_EVERY_SERVER(BadInputTest);

TEST_P(BadInputTest, KeysThatBreakARuleAreRefusedByEveryCall) {
  struct broken {
    session_key key;
    const char* field;
  };
  for (auto& [key, field] : {
         broken{{"", some_user}, "id"},
         broken{{std::string(129, 'x'), some_user}, "id"},
         broken{{"l.a", some_user}, "id"},
         broken{{"a", ""}, "user_id"},
         broken{{"a", std::string(257, 'x')}, "user_id"},
         broken{{"a", "se.x"}, "user_id"},
         broken{{"a", "l.x"}, "user_id"},
         broken{{"a", "e.x"}, "user_id"},
         broken{{"a", "pl.x"}, "user_id"},
         broken{{"a", "o.x"}, "user_id"},
         broken{{"a", some_user, ""}, "type"},
         broken{{"a", some_user, "x.y"}, "type"},
         broken{{"a", some_user, std::string(65, 'x')}, "type"},
       }) {
    auto login = new_session(key.id, key.user_id);
    login.type = key.type;
    EXPECT_THAT(words(store->upsert(login)), names(field));
    EXPECT_THAT(words(store->get(key)), names(field));
    EXPECT_THAT(words(store->remove(key)), names(field));
    EXPECT_THAT(words(store->remove_others(key)), names(field));
    if (field == std::string{"id"})
      continue;
    EXPECT_THAT(words(store->get_all(key.set())), names(field));
    EXPECT_THAT(words(store->remove_all(key.set())), names(field));
    EXPECT_THAT(words(store->revoke_before(key.set(), 1)), names(field));
  }
}

TEST_P(BadInputTest, FieldsThatBreakARuleAreNamed) {
  auto refused = [this](const char* field, auto change) {
    auto login = new_session("a");
    change(login);
    EXPECT_THAT(words(store->upsert(login)), names(field));
  };

  refused("created_at", [](session& x) { x.created_at = -1; });
  refused("refreshed_at", [](session& x) { x.refreshed_at = -1; });
  refused("expires_at", [](session& x) { x.expires_at = -1; });
  refused("refresh_expires_at",
          [](session& x) { x.refresh_expires_at = 1ll << 60; });
  refused("tokens_fresh_from", [](session& x) { x.tokens_fresh_from = -1; });
  refused("refresh_token_id",
          [](session& x) { x.refresh_token_id.assign(257, 'x'); });
  refused("lock_version", [](session& x) { x.lock_version = -1; });
  refused("lock_version",
          [](session& x) { x.lock_version = max_lock_version + 1; });
  refused("version", [](session& x) { x.version = 6; });
}

TEST_P(BadInputTest, ASessionThatGetsTooLargeIsRefused) {
  auto login = new_session("a");
  login.extra_payload.set("x", std::string(256 * 1024, 'x'));

  EXPECT_THAT(words(store->upsert(login)), names("max_session_bytes"));
}

TEST_P(BadInputTest, AnExpiredSessionIsNotStoredWhateverItsClockSays) {
  // Over before it was refreshed: known without the server.
  auto login = new_session("a");
  login.refresh_expires_at = login.refreshed_at;
  EXPECT_THAT(
    words(store->upsert(login)),
    AllOf(StartsWith("session_expired"), HasSubstr("refresh_expires_at")));

  // Over by the server's clock.
  login.refresh_expires_at = unix_now() - 1;
  login.refreshed_at = login.refresh_expires_at - 10;
  EXPECT_THAT(
    words(store->upsert(login)),
    AllOf(StartsWith("session_expired"), HasSubstr("refresh_expires_at")));
}

TEST_P(BadInputTest, ATimeoutOutOfRangeIsRefused) {
  EXPECT_THAT(words(store->get(key_of("a"), 10'001ms)), names("timeout"));
  EXPECT_THAT(words(store->get(key_of("a"), -1ms)), names("timeout"));
}

TEST_P(BadInputTest, AMadeUpResolutionTokenIsAnswered) {
  resolution_token token;
  token.key = key_of("l.a");
  EXPECT_THAT(words(store->resolve(token)), names("id"));

  token.key = key_of("a");
  token.lock_version = 1;
  token.operation_id = "no operation id";
  EXPECT_EQ(words(store->resolve(token)), "ok");

  token.operation_id.assign(64, 'x');
  EXPECT_EQ(words(store->resolve(token)), "ok");
  token.operation_id.assign(65, 'x');
  EXPECT_THAT(words(store->resolve(token)), names("operation_id"));
}

// -- options ------------------------------------------------------------------

TEST(BadOptionsTest, AnOptionOutOfRangeIsNamedWithTheRange) {
  auto opened = [](auto change) {
    auto x = options_for("/nowhere");
    change(x);
    return words(facade::open(std::move(x)));
  };

  EXPECT_THAT(opened([](options& x) { x.pool.size = 0; }), names("pool.size"));
  EXPECT_THAT(opened([](options& x) { x.deadline = 11s; }), names("deadline"));
  EXPECT_THAT(opened([](options& x) { x.key_prefix = ""; }),
              names("key_prefix"));
  EXPECT_THAT(opened([](options& x) { x.signing_key = secret{}; }),
              names("base_secret"));
  EXPECT_THAT(opened([](options& x) { x.endpoint.path = ""; }),
              names("socket"));
  EXPECT_THAT(opened([](options& x) {
                x.endpoint = {};
                x.endpoint.tls = true;
              }),
              AllOf(StartsWith("misconfigured: "), HasSubstr("TLS")));
}

TEST(BadOptionsTest, AWrongUrlIsRefusedWithoutBeingRepeated) {
  for (auto* url : {"http://host", "redis://host:99999", "redis://host/x",
                    "redis://host?pool.siez=3", "unix://"}) {
    options x;
    auto error = apply_url(x, url);
    EXPECT_EQ(outcome(error), "invalid_argument") << url;
    EXPECT_THAT(describe(error), testing::Not(HasSubstr(url)));
  }
}

} // namespace obol::test
