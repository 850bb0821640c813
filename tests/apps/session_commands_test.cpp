#include "apps/cli_test.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

using namespace obol::test;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

namespace {

class SessionCommandsTest : public cli_test {};

INSTANTIATE_TEST_SUITE_P(Servers, SessionCommandsTest,
                         testing::ValuesIn(all_server_names()),
                         server_test_name);

} // namespace

TEST_P(SessionCommandsTest, WhatWasPutIsShown) {
  // Given a stored session,
  auto put = obol({"put"}, login("phone"));
  ASSERT_EQ(put.code, 0) << put.err;
  EXPECT_EQ(put.out,
            "stored session phone of user 42, type full; its lock version is "
            "1\n");

  // people see its fields, without the payload,
  auto get = obol({"get", "42", "phone"});
  EXPECT_EQ(get.code, 0) << get.err;
  EXPECT_THAT(get.out, HasSubstr("created_at          1970-01-01 00:16:40\n"));
  EXPECT_THAT(get.out, HasSubstr("--decode shows it"));
  EXPECT_THAT(get.out, Not(HasSubstr("planted-payload")));

  // unless they ask for it.
  EXPECT_THAT(obol({"get", "42", "phone", "--decode"}).out,
              HasSubstr("planted-payload"));
}

TEST_P(SessionCommandsTest, ScriptsReadEditAndStoreASession) {
  // Given a stored session as JSON,
  ASSERT_EQ(obol({"put", "--quiet"}, login("phone")).out, "");
  auto read = obol({"get", "42", "phone", "--json", "--decode"});
  auto document = json::parse(read.out);
  EXPECT_EQ(document["user_id"], 42);
  EXPECT_EQ(document["lock_version"], 1);
  EXPECT_EQ(document["extra_payload"]["pet"], "planted-payload");

  // a script changes and stores it,
  document["refreshed_at"] = 3000;
  auto stored = obol({"put", "--json"}, document.dump());
  EXPECT_EQ(stored.code, 0) << stored.err;
  EXPECT_EQ(json::parse(stored.out)["lock_version"], 2);
  EXPECT_FALSE(json::parse(stored.out).contains("extra_payload"));

  // but not twice.
  auto late = obol({"put", "--json"}, document.dump());
  EXPECT_EQ(late.code, 4);
  EXPECT_EQ(late.out, "");
  EXPECT_THAT(late.err, HasSubstr("conflict"));
}

TEST_P(SessionCommandsTest, ChangingASessionWithoutItsPayloadIsRefused) {
  ASSERT_EQ(obol({"put"}, login("phone")).code, 0);
  auto shown = obol({"get", "42", "phone", "--json"}).out;
  auto put = obol({"put"}, shown);
  EXPECT_EQ(put.code, 2);
  EXPECT_THAT(put.err, HasSubstr("extra_payload is missing"));
}

TEST_P(SessionCommandsTest, SessionsAreListedOldestFirst) {
  // Given two sessions of a user and one of another,
  ASSERT_EQ(obol({"put"}, login("zebra")).code, 0);
  auto newer = json::parse(login("ant"));
  newer["created_at"] = 1500;
  ASSERT_EQ(obol({"put"}, newer.dump()).code, 0);
  ASSERT_EQ(obol({"put"}, login("other", R"("anna")")).code, 0);

  // people see a table,
  auto list = obol({"list", "42"});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("2 sessions of user 42, type full"));
  EXPECT_LT(list.out.find("zebra"), list.out.find("ant "));
  EXPECT_THAT(list.out, Not(HasSubstr("other")));

  // and scripts an array.
  auto array = json::parse(obol({"list", "42", "--json"}).out);
  ASSERT_EQ(array.size(), 2U);
  EXPECT_EQ(array[0]["id"], "zebra");
}

TEST_P(SessionCommandsTest, UsersOfBothKindsAreToldApart) {
  ASSERT_EQ(obol({"put"}, login("phone", R"("42")")).code, 0);
  EXPECT_EQ(obol({"get", "42", "phone"}).code, 1);
  EXPECT_EQ(obol({"get", "42", "phone", "--user-kind", "string"}).code, 0);
}

TEST_P(SessionCommandsTest, NothingFoundIsExitCodeOne) {
  auto get = obol({"get", "42", "phone", "--json"});
  EXPECT_EQ(get.code, 1);
  EXPECT_EQ(get.out, "null\n");
  auto list = obol({"list", "42", "--json"});
  EXPECT_EQ(list.code, 1);
  EXPECT_EQ(list.out, "[]\n");
  auto revoke = obol({"revoke", "42", "phone", "--json"});
  EXPECT_EQ(revoke.code, 1);
  EXPECT_EQ(revoke.out, "{\"removed\":0}\n");
  EXPECT_THAT(obol({"list", "42"}).out, HasSubstr("no sessions of user 42"));
}

TEST_P(SessionCommandsTest, SessionsAreRevokedByIdByOthersByAgeAndAll) {
  // Given five sessions, of which one is younger than the others,
  for (auto id : {"a", "b", "c", "d"})
    ASSERT_EQ(obol({"put"}, login(id)).code, 0);
  auto young = json::parse(login("young"));
  young["created_at"] = 1500;
  ASSERT_EQ(obol({"put"}, young.dump()).code, 0);

  // each form removes what it names,
  EXPECT_EQ(obol({"revoke", "42", "a"}).out,
            "revoked 1 session of user 42, type full\n");
  EXPECT_EQ(
    obol({"revoke", "42", "--before", "1970-01-01T00:20:00Z", "--json"}).out,
    "{\"removed\":3}\n");
  ASSERT_EQ(obol({"put"}, login("e")).code, 0);
  EXPECT_EQ(obol({"revoke", "42", "--others", "young", "--json"}).out,
            "{\"removed\":1}\n");
  EXPECT_EQ(obol({"revoke", "42", "--all", "--json"}).out, "{\"removed\":1}\n");
  EXPECT_EQ(obol({"list", "42"}).code, 1);

  // and what was revoked stays so.
  auto stale = json::parse(login("young"));
  stale["lock_version"] = 1;
  auto late = obol({"put"}, stale.dump());
  EXPECT_EQ(late.code, 4);
  EXPECT_THAT(late.err, HasSubstr("gone"));
}

TEST_P(SessionCommandsTest, NothingSecretIsPrinted) {
  // Whatever is done, and however much is logged,
  std::string printed;
  auto keep = [&printed](const process_result& x) { printed += x.out + x.err; };
  keep(obol({"put", "--log-level", "debug"}, login("phone")));
  keep(obol({"get", "42", "phone", "--log-level", "debug"}));
  keep(obol({"list", "42", "--json", "--log-level", "debug"}));
  keep(obol({"put", "--log-level", "debug"}, login("phone")));
  keep(obol({"revoke", "42", "--all", "--log-level", "debug"}));
  keep(obol_alone({"get", "42", "phone", "--base-secret", planted_secret}));

  // neither the secret nor a payload is seen.
  EXPECT_THAT(printed, Not(HasSubstr(planted_secret)));
  EXPECT_THAT(printed, Not(HasSubstr("planted-payload")));
}

TEST_P(SessionCommandsTest, AnotherSecretFindsNothing) {
  ASSERT_EQ(obol({"put"}, login("phone")).code, 0);
  auto found = obol_alone(
    {"get", "42", "phone", "--redis", "unix://" + server_->socket_path()}, {},
    {"OBOL_BASE_SECRET=another-base-secret"});
  EXPECT_EQ(found.code, 1);
  EXPECT_THAT(found.out, HasSubstr("signed with another key"));
}
