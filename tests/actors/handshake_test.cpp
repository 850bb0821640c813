#include "obol/command.hpp"
#include "obol/internal/handshake.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace obol::internal;
using obol::code_of;
using obol::command;
using obol::ec;
using obol::reply;
using obol::secret;
using progress = handshake::progress;

const instant start{};

constexpr std::int64_t unix_ms = 1'795'000'000'000;

/// HELLO's reply as RESP2 says it: names and values in turn.
reply hello(std::string server = "redis", std::string version = "8.0.2",
            std::string mode = "standalone", std::string role = "master") {
  return reply::of_array(
    {reply::of_bulk("server"), reply::of_bulk(std::move(server)),
     reply::of_bulk("version"), reply::of_bulk(std::move(version)),
     reply::of_bulk("proto"), reply::of_integer(2), reply::of_bulk("id"),
     reply::of_integer(7), reply::of_bulk("mode"),
     reply::of_bulk(std::move(mode)), reply::of_bulk("role"),
     reply::of_bulk(std::move(role)), reply::of_bulk("modules"),
     reply::of_array({})});
}

reply time_of(std::string seconds, std::string microseconds) {
  return reply::of_array({reply::of_bulk(std::move(seconds)),
                          reply::of_bulk(std::move(microseconds))});
}

class HandshakeTest : public testing::Test {
protected:
  HandshakeTest() {
    settings.client_name = "obol-test";
  }

  handshake begin(account who = account::data) {
    return {settings, who};
  }

  progress answer(handshake& x, const reply& how) {
    return x.on_reply(how, start, start + 10ms, unix_ms, clock);
  }

  /// What comes of an answer to HELLO that ends the handshake.
  caf::error failure_of(const reply& x) {
    auto greeting = begin();
    EXPECT_EQ(answer(greeting, x), progress::failed);
    return greeting.failure();
  }

  /// A handshake that has come to TIME.
  handshake at_time() {
    auto result = begin();
    EXPECT_EQ(answer(result, hello()), progress::next);
    return result;
  }

  obol::options settings;
  server_clock clock;
};

std::string text_of(const caf::error& x) {
  return obol::describe(x);
}

// -- HELLO --------------------------------------------------------------------

TEST_F(HandshakeTest, WithoutPasswordHelloNamesTheClientOnly) {
  EXPECT_EQ(begin().request(),
            (command{"HELLO", 2, "SETNAME", "obol-test"}.bytes()));
}

TEST_F(HandshakeTest, PasswordAloneIsTheDefaultUsers) {
  settings.password = secret{std::string{"hunter2"}};
  EXPECT_EQ(begin().request(), (command{"HELLO", 2, "AUTH", "default",
                                        "hunter2", "SETNAME", "obol-test"}
                                  .bytes()));
}

TEST_F(HandshakeTest, UserAndPasswordAreSentTogether) {
  settings.username = "app";
  settings.password = secret{std::string{"hunter2"}};
  EXPECT_EQ(begin().request(), (command{"HELLO", 2, "AUTH", "app", "hunter2",
                                        "SETNAME", "obol-test"}
                                  .bytes()));
}

TEST_F(HandshakeTest, RegistrarLogsInWithItsOwnAccountIfItHasOne) {
  settings.username = "app";
  settings.password = secret{std::string{"hunter2"}};
  EXPECT_EQ(begin(account::registrar).request(), begin().request());

  settings.registrar_username = "loader";
  settings.registrar_password = secret{std::string{"hunter3"}};
  EXPECT_EQ(
    begin(account::registrar).request(),
    (command{"HELLO", 2, "AUTH", "loader", "hunter3", "SETNAME", "obol-test"}
       .bytes()));
  EXPECT_EQ(begin().request(), (command{"HELLO", 2, "AUTH", "app", "hunter2",
                                        "SETNAME", "obol-test"}
                                  .bytes()));
}

TEST_F(HandshakeTest, HelloTellsWhatTheServerIs) {
  auto x = begin();
  EXPECT_EQ(answer(x, hello("valkey", "9.1.2")), progress::next);
  EXPECT_EQ(x.server().name, "valkey");
  EXPECT_EQ(x.server().version, "9.1.2");
  EXPECT_EQ(x.server().mode, "standalone");
  EXPECT_EQ(x.server().role, "master");
}

TEST_F(HandshakeTest, SentinelIsRefused) {
  auto error = failure_of(hello("redis", "8.0.2", "sentinel"));
  EXPECT_EQ(code_of(error), ec::misconfigured);
  EXPECT_NE(text_of(error).find("Sentinel"), std::string::npos);
}

TEST_F(HandshakeTest, ClusterIsRefused) {
  auto error = failure_of(hello("redis", "8.0.2", "cluster"));
  EXPECT_EQ(code_of(error), ec::misconfigured);
  EXPECT_NE(text_of(error).find("cluster"), std::string::npos);
}

// It may become the primary, or the address another server's.
TEST_F(HandshakeTest, ReplicaIsUnavailable) {
  for (auto role : {"replica", "slave"})
    EXPECT_EQ(code_of(failure_of(hello("redis", "8.0.2", "standalone", role))),
              ec::unavailable);
}

TEST_F(HandshakeTest, WrongPasswordIsMisconfiguredWithoutEcho) {
  settings.password = secret{std::string{"hunter2"}};
  auto error = failure_of(reply::of_error(
    "WRONGPASS invalid username-password pair or user is disabled."));
  EXPECT_EQ(code_of(error), ec::misconfigured);
  EXPECT_EQ(text_of(error).find("hunter2"), std::string::npos);
}

TEST_F(HandshakeTest, MissingPasswordIsMisconfigured) {
  auto error = failure_of(reply::of_error(
    "NOAUTH HELLO must be called with the client already authenticated, "
    "otherwise the HELLO AUTH <user> <pass> option can be used"));
  EXPECT_EQ(code_of(error), ec::misconfigured);
}

TEST_F(HandshakeTest, ServerWithoutHelloIsTooOld) {
  // Such servers echo the password.
  auto error = failure_of(
    reply::of_error("ERR unknown command 'HELLO', with args beginning with: "
                    "'2' 'AUTH' 'default' 'TOPSECRET' "));
  EXPECT_EQ(code_of(error), ec::misconfigured);
  EXPECT_NE(text_of(error).find("Redis >= 7"), std::string::npos);
  EXPECT_EQ(text_of(error).find("TOPSECRET"), std::string::npos);
}

TEST_F(HandshakeTest, FullServerIsUnavailable) {
  EXPECT_EQ(
    code_of(failure_of(reply::of_error("ERR max number of clients reached"))),
    ec::unavailable);
}

TEST_F(HandshakeTest, WhatIsNoArrayIsNoServerOfOurs) {
  for (auto& x : {reply::of_status("OK"), reply::of_nil(), reply::of_integer(1),
                  reply::of_bulk("redis")})
    EXPECT_EQ(code_of(failure_of(x)), ec::misconfigured);
}

TEST_F(HandshakeTest, OddHelloIsNotReadBeyondItsEnd) {
  // A name without a value, and values of other kinds.
  auto odd = reply::of_array({reply::of_bulk("role")});
  EXPECT_EQ(code_of(failure_of(odd)), ec::unavailable);
  EXPECT_EQ(code_of(failure_of(reply::of_array({}))), ec::unavailable);
}

// -- SELECT -------------------------------------------------------------------

TEST_F(HandshakeTest, DatabaseIsSelectedWhereOneIsSet) {
  settings.database = 5;
  auto x = begin();
  EXPECT_EQ(answer(x, hello()), progress::next);
  EXPECT_EQ(x.request(), (command{"SELECT", 5}.bytes()));
  EXPECT_EQ(answer(x, reply::of_status("OK")), progress::next);
  EXPECT_EQ(x.request(), command{"TIME"}.bytes());
}

TEST_F(HandshakeTest, DatabaseThatIsNotThereIsMisconfigured) {
  settings.database = 99;
  auto x = begin();
  answer(x, hello());
  EXPECT_EQ(answer(x, reply::of_error("ERR DB index is out of range")),
            progress::failed);
  EXPECT_EQ(code_of(x.failure()), ec::misconfigured);
}

TEST_F(HandshakeTest, DatabaseZeroIsNotSelected) {
  EXPECT_EQ(at_time().request(), command{"TIME"}.bytes());
}

// -- TIME ---------------------------------------------------------------------

TEST_F(HandshakeTest, TimeEndsTheHandshakeAndSetsTheClock) {
  auto x = at_time();
  EXPECT_EQ(answer(x, time_of("1795000001", "500000")), progress::done);
  EXPECT_EQ(x.clock_offset(), 1'500ms);

  // The server said it halfway between question and answer.
  EXPECT_EQ(clock.ms_at(start + 5ms), 1'795'000'001'500);
  EXPECT_EQ(clock.ms_at(start + 1005ms), 1'795'000'002'500);
  EXPECT_EQ(clock.seconds_at(start + 1005ms), 1'795'000'002);
}

TEST_F(HandshakeTest, ClockBeyondTheOptionIsRefused) {
  settings.clock_offset_max = 30s;
  for (auto seconds : {"1795000031", "1794999969"}) {
    auto x = at_time();
    EXPECT_EQ(answer(x, time_of(seconds, "0")), progress::failed);
    EXPECT_EQ(code_of(x.failure()), ec::misconfigured);
    EXPECT_NE(text_of(x.failure()).find("clock_offset_max"), std::string::npos);
  }
  for (auto seconds : {"1795000030", "1794999970"}) {
    auto x = at_time();
    EXPECT_EQ(answer(x, time_of(seconds, "0")), progress::done);
  }
}

TEST_F(HandshakeTest, TimeThatIsNoneIsRefused) {
  std::string huge = "99999999999999999999";
  for (auto& odd :
       {reply::of_nil(), reply::of_status("OK"), reply::of_array({}),
        reply::of_array({reply::of_bulk("1795000001")}), time_of("", "0"),
        time_of("1795000001", ""), time_of("17x", "0"), time_of("1.5", "0"),
        time_of(huge, "0"), time_of("9223372036854775807", "0"),
        time_of("-9223372036854775808", "0"),
        time_of("1795000001", "9223372036854775807"),
        reply::of_array({reply::of_integer(1), reply::of_integer(2)})}) {
    auto x = at_time();
    EXPECT_EQ(answer(x, odd), progress::failed) << to_string(odd);
    EXPECT_EQ(code_of(x.failure()), ec::misconfigured);
  }
  EXPECT_EQ(clock.ms_at(start), 0);
}

TEST_F(HandshakeTest, ServerThatIsLoadingIsUnavailable) {
  auto x = at_time();
  EXPECT_EQ(answer(x, reply::of_error(
                        "LOADING Redis is loading the dataset in memory")),
            progress::failed);
  EXPECT_EQ(code_of(x.failure()), ec::unavailable);
}

} // namespace
