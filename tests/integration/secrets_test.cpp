#include <caf/actor_system.hpp>
#include <gmock/gmock.h>

#include <iostream>
#include <set>

#include "cutting_proxy.hpp"
#include "store_fixture.hpp"

// Whatever goes well or wrong, no log line and no error says what must not be
// seen.

namespace obol::test {

namespace {

// Words that occur nowhere else.
constexpr const char* planted_secret = "PlantedBaseSecret7Qx";
constexpr const char* planted_password = "PlantedPassword8Wy";
constexpr const char* planted_id = "PlantedSessionId9Ez";
constexpr const char* planted_user = "PlantedUserId5Rk";
constexpr const char* planted_payload = "PlantedPayload3Tm";
constexpr const char* planted_token = "PlantedTokenId2Un";

} // namespace

class SecretsTest : public StoreTest {
protected:
  void SetUp() override {
    StoreTest::SetUp();
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
  }

  void TearDown() override {
    // Failures are among it, so it is shown after all.
    auto printed = testing::internal::GetCapturedStdout()
                   + testing::internal::GetCapturedStderr();
    std::cout << printed;
    if (IsSkipped())
      return;
    auto said = log.text() + errors + printed;
    EXPECT_GT(said.size(), 0u);
    for (auto* planted : {planted_secret, planted_password, planted_id,
                          planted_user, planted_payload, planted_token})
      EXPECT_THAT(said, testing::Not(testing::HasSubstr(planted)));
  }

  std::unique_ptr<server> start_with_password() {
    return start({.password = planted_password});
  }

  options planted_options(const std::string& socket_path) {
    auto result = options_for(socket_path);
    result.signing_key = secret{};
    result.base_secret = secret{std::string{planted_secret}};
    result.password = secret{std::string{planted_password}};
    result.log_level = log_level::debug;
    result.command_timeout = 200ms;
    return result;
  }

  static session planted_session() {
    auto result = new_session(planted_id, planted_user);
    result.refresh_token_id = planted_token;
    result.extra_payload.set("key", planted_payload);
    return result;
  }

  /// Makes every call and keeps what it says.
  void call_everything(facade& store) {
    auto login = planted_session();
    auto key = login.key();
    keep(store, store.upsert(login, 300ms));
    keep(store, store.get(key, 300ms));
    keep(store, store.upsert(login, 300ms));
    keep(store, store.get_all(key.set(), 300ms));
    keep(store, store.remove_others(key, 300ms));
    keep(store, store.revoke_before(key.set(), unix_now() + 100, 300ms));
    keep(store, store.remove(key, 300ms));
    keep(store, store.upsert(login, 300ms));
    keep(store, store.remove_all(key.set(), 300ms));
    login.refresh_expires_at = 1;
    keep(store, store.upsert(login, 300ms));
    login.type = "not a type";
    keep(store, store.upsert(login, 300ms));
    auto status = store.status();
    errors += status.reason + "\n" + status.server + "\n";
  }

  template <class T>
  void keep(facade& store, const caf::expected<T>& x) {
    if (x)
      return;
    codes.insert(outcome(x));
    errors += describe(x.error()) + "\n" + to_string(x.error()) + "\n"
              + store.system().render(x.error()) + "\n";
  }

  log_book log;
  std::string errors;
  std::set<std::string> codes;
};

OBOL_ON_EVERY_SERVER(SecretsTest);

TEST_P(SecretsTest, NothingIsSaidWhenAllGoesWell) {
  auto target = start_with_password();
  auto store = ready_store(planted_options(target->socket_path()), log.sink());

  call_everything(store);

  EXPECT_THAT(codes,
              testing::IsSupersetOf(
                {"conflict", "gone", "session_expired", "invalid_argument"}));
}

TEST_P(SecretsTest, NothingIsSaidWithAWrongPassword) {
  auto target = start({.password = "another"});
  auto store = open_store(planted_options(target->socket_path()), log.sink());
  errors += trouble(store, "misconfigured");

  call_everything(store);

  EXPECT_THAT(codes, testing::Contains("misconfigured"));
}

TEST_P(SecretsTest, NothingIsSaidWhenHelloIsNotKnown) {
  // The server then repeats the password in its error.
  auto target = start({.password = planted_password,
                       .arguments = {"--rename-command", "HELLO", ""}});
  auto store = open_store(planted_options(target->socket_path()), log.sink());
  errors += trouble(store, "misconfigured");

  call_everything(store);

  EXPECT_THAT(codes, testing::Contains("misconfigured"));
}

TEST_P(SecretsTest, NothingIsSaidWhenCommandsAreNotKnown) {
  // The server then repeats key, id and session in its error.
  for (auto* command : {"FCALL", "HGET"}) {
    auto target = start({.password = planted_password,
                         .arguments = {"--rename-command", command, ""}});
    auto store = open_store(planted_options(target->socket_path()), log.sink());
    errors += trouble(store, "misconfigured");
    call_everything(store);
  }

  EXPECT_THAT(codes, testing::Contains("misconfigured"));
}

TEST_P(SecretsTest, NothingIsSaidWhenSomethingElseIsStored) {
  auto target = start_with_password();
  auto store = ready_store(planted_options(target->socket_path()), log.sink());
  for (auto* infix : {"", "se.", "e.", "l.", "o."})
    target->command({"SET",
                     std::string{"charon_."} + infix + planted_user + ".full",
                     planted_payload});

  call_everything(store);

  EXPECT_THAT(codes, testing::Contains("misconfigured"));
}

TEST_P(SecretsTest, NothingIsSaidOfEntriesThatAreNotAuthentic) {
  auto target = start_with_password();
  auto store = ready_store(planted_options(target->socket_path()), log.sink());
  for (auto* infix : {"", "se."})
    target->command({"HSET",
                     std::string{"charon_."} + infix + planted_user + ".full",
                     planted_id, planted_payload});

  EXPECT_FALSE(value(store.get(planted_session().key())));
  EXPECT_EQ(store.status().ignored.unknown_format, 1u);
}

TEST_P(SecretsTest, NothingIsSaidWhenRepliesAreLost) {
  auto target = start_with_password();
  cutting_proxy proxy{target->socket_path()};
  auto store = ready_store(planted_options(proxy.socket_path()), log.sink());
  for (auto* name : {"_upsert", "_delete", "_resolve", "HGET"})
    proxy.cut_at(name, cut::before_reply, -1);

  call_everything(store);

  EXPECT_THAT(codes, testing::Contains("outcome_unknown"));
}

TEST_P(SecretsTest, NothingIsSaidWhenTheServerRefusesOrGoes) {
  auto target = start_with_password();
  auto store = ready_store(planted_options(target->socket_path()), log.sink());
  target->command({"CONFIG", "SET", "maxmemory", "1"});
  call_everything(store);
  target->kill();
  call_everything(store);

  EXPECT_THAT(codes, testing::IsSupersetOf({"refused", "unavailable"}));
}

} // namespace obol::test
