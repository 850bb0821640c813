#include "obol/server_error.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using obol::classify;
using obol::ec;
using obol::server_error;
using kind = obol::server_error_kind;

struct row {
  std::string_view text;
  obol::server_error_kind kind;
  bool maybe_applied = false;
  obol::server_error_kind cause = obol::server_error_kind::other;
};

// As seen on the wire from Redis 7.0.15, Redis 8.0.2 and Valkey 9.1.2.
const row rows[] = {
  // -- accounts ---------------------------------------------------------------
  {"NOAUTH Authentication required.", kind::noauth},
  {"NOAUTH HELLO must be called with the client already authenticated, "
   "otherwise the HELLO AUTH <user> <pass> option can be used to authenticate "
   "the client and select the RESP protocol version at the same time",
   kind::noauth},
  {"NOAUTH HELLO must be called with the client already authenticated, "
   "otherwise the HELLO <proto> AUTH <user> <pass> option can be used to "
   "authenticate the client and select the RESP protocol version at the same "
   "time",
   kind::noauth},
  {"WRONGPASS invalid username-password pair or user is disabled.",
   kind::wrongpass},
  {"ERR AUTH <password> called without any password configured for the default "
   "user. Are you sure your configuration is correct?",
   kind::wrongpass},
  {"NOPERM this user has no permissions to run the 'function|load' command",
   kind::noperm},
  {"NOPERM this user has no permissions to access one of the keys used as "
   "arguments",
   kind::noperm},
  {"NOPERM User u has no permissions to run the 'fcall' command", kind::noperm},
  {"NOPERM No permissions to access a key", kind::noperm},
  {"ERR The user executing the script can't run this command or subcommand "
   "script: opt, on @user_function:70.",
   kind::failed_inside, true, kind::noperm},
  {"ERR ACL failure in script: User u has no permissions to run the 'hget' "
   "command script: opt, on @user_function:11.",
   kind::failed_inside, true, kind::noperm},
  {"ERR ACL failure in script: User u has no permissions to run the 'hget' "
   "command script: on @user_function:11.",
   kind::failed_inside, true, kind::noperm},
  {"NOPROTO unsupported protocol version", kind::noproto},

  // -- functions --------------------------------------------------------------
  {"ERR Function not found", kind::function_missing},
  {"ERR Library 'x' already exists", kind::library_exists},
  {"ERR Function x already exists", kind::library_exists},
  {"ERR Engine 'js' not found", kind::library_invalid},
  {"ERR Missing library metadata", kind::library_invalid},
  {"ERR Library names can only contain letters, numbers, or underscores(_) and "
   "must be at least one character long",
   kind::library_invalid},
  {"ERR Error compiling function: user_function:2: '=' expected near 'error'",
   kind::library_invalid},
  {"ERR Error compiling function: @user_function:2: '=' expected near 'error'",
   kind::library_invalid},
  {"ERR Error registering functions: ERR user_function:2: Script attempted to "
   "access nonexistent global variable 'foo'",
   kind::library_invalid},
  {"ERR No functions registered", kind::library_invalid},

  // -- state of the server ----------------------------------------------------
  {"READONLY You can't write against a read only replica.", kind::readonly},
  {"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to "
   "'no'.",
   kind::masterdown},
  {"LOADING Redis is loading the dataset in memory", kind::loading},
  {"LOADING Valkey is loading the dataset in memory", kind::loading},
  {"BUSY Redis is busy running a script. You can only call FUNCTION KILL or "
   "SHUTDOWN NOSAVE.",
   kind::busy},
  {"BUSY Redis is busy running a script. You can only call SCRIPT KILL or "
   "SHUTDOWN NOSAVE.",
   kind::busy},
  {"BUSY Valkey is busy running a script. You can only call FUNCTION KILL or "
   "SHUTDOWN NOSAVE.",
   kind::busy},
  {"OOM command not allowed when used memory > 'maxmemory'.", kind::oom},
  {"MISCONF Redis is configured to save RDB snapshots, but it's currently "
   "unable to persist to disk. Commands that may modify the data set are "
   "disabled",
   kind::misconf},
  {"MISCONF Valkey is configured to save RDB snapshots, but it's currently "
   "unable to persist to disk.",
   kind::misconf},
  {"MISCONF Errors writing to the AOF file: No space left on device",
   kind::misconf},
  {"NOREPLICAS Not enough good replicas to write.", kind::noreplicas},
  {"ERR max number of clients reached", kind::max_clients},
  {"EXECABORT Transaction discarded because of previous errors.",
   kind::aborted},

  // -- cluster ----------------------------------------------------------------
  {"CLUSTERDOWN Hash slot not served", kind::cluster},
  {"CLUSTERDOWN The cluster is down", kind::cluster},
  {"CLUSTERDOWN The cluster is down and only accepts read commands",
   kind::cluster},
  {"MOVED 13031 127.0.0.1:6531", kind::cluster},
  {"ASK 6294 127.0.0.1:6531", kind::cluster},
  {"TRYAGAIN Multiple keys request during rehashing of slot", kind::cluster},
  {"CROSSSLOT Keys in request don't hash to the same slot", kind::crossslot},
  {"ERR Script attempted to access a non local key in a cluster node script: "
   "opt, on @user_function:11.",
   kind::failed_inside, true, kind::crossslot},
  {"ERR Attempted to access a non local key in a cluster node script: on "
   "@user_function:11.",
   kind::failed_inside, true, kind::crossslot},
  {"ERR Script attempted to access keys that do not hash to the same slot "
   "script: opt, on @user_function:11.",
   kind::failed_inside, true, kind::crossslot},
  {"ERR Script attempted to access keys that do not hash to the same slot",
   kind::failed_inside, true, kind::crossslot},
  {"ERR SELECT is not allowed in cluster mode", kind::wrong_database},
  {"ERR DB index is out of range", kind::wrong_database},

  // -- commands ---------------------------------------------------------------
  {"ERR unknown command 'FCALL', with args beginning with: 'f' '1' 'key' ",
   kind::unknown_command},
  {"ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' "
   "'default' 'TOPSECRET'",
   kind::unknown_command},
  {"ERR unknown subcommand 'setinfo'. Try CLIENT HELP.", kind::unknown_command},
  {"ERR Unknown Redis command called from script script: opt, on "
   "@user_function:17.",
   kind::failed_inside, true, kind::unknown_command},
  {"ERR Unknown command called from script script: on @user_function:17.",
   kind::failed_inside, true, kind::unknown_command},
  {"WRONGTYPE Operation against a key holding the wrong kind of value",
   kind::wrong_type},
  {"WRONGTYPE Operation against a key holding the wrong kind of value script: "
   "opt, on @user_function:11.",
   kind::failed_inside, true, kind::wrong_type},
  {"ERR user_function:14: attempt to perform arithmetic on local "
   "'current_lock' (a string value) script: opt, on @user_function:14.",
   kind::failed_inside, true},
  {"ERR user_function:14: attempt to perform arithmetic on local "
   "'current_lock' (a string value)",
   kind::failed_inside, true},
  {"ERR Wrong number of args calling Redis command from script script: opt, on "
   "@user_function:2.",
   kind::failed_inside, true},
  {"ERR Script killed by user with SCRIPT KILL... script: opt, on "
   "@user_function:3.",
   kind::killed},
  {"ERR Script killed by user with FUNCTION KILL. script: opt, on "
   "@user_function:3.",
   kind::killed},
  {"ERR Protocol error: invalid bulk length", kind::protocol_error, true},
  {"ERR Protocol error: invalid multibulk length", kind::protocol_error, true},
  {"ERR Protocol error: expected '$', got '+'", kind::protocol_error, true},
  {"ERR Protocol error: too big inline request", kind::protocol_error, true},

  // -- anything else ----------------------------------------------------------
  {"UNKILLABLE Sorry the script already executed write commands against the "
   "dataset.",
   kind::other, true},
  {"ERR syntax error", kind::other, true},
  {"ERR", kind::other, true},
  {"", kind::other, true},
  {"Function not found", kind::other, true},
  {"ERRFunction not found", kind::other, true},
  {"LOADINGX", kind::other, true},
  {"SECRETWORD something", kind::other, true},
};

TEST(ServerErrorTest, EveryTextOfEveryServerHasItsKind) {
  for (const auto& x : rows) {
    auto error = classify(x.text);
    EXPECT_EQ(error.kind, x.kind) << x.text << ": " << to_string(error.kind);
    EXPECT_EQ(error.cause, x.cause) << x.text << ": " << to_string(error.cause);
    EXPECT_EQ(error.maybe_applied, x.maybe_applied) << x.text;
  }
}

TEST(ServerErrorTest, ADeniedCommandIsNamedIfItIsOneOfOurs) {
  auto denied
    = [](std::string_view text) { return classify(text).denied_command; };
  EXPECT_EQ(denied("NOPERM this user has no permissions to run the "
                   "'function|load' command"),
            "function|load");
  EXPECT_EQ(denied("NOPERM User u has no permissions to run the 'fcall' "
                   "command"),
            "fcall");
  EXPECT_EQ(denied("ERR ACL failure in script: User u has no permissions to "
                   "run the 'hsetex' command script: on @user_function:11."),
            "hsetex");
  EXPECT_EQ(denied("NOPERM User u has no permissions to run the 'SECRET' "
                   "command"),
            "");
  EXPECT_EQ(denied("NOPERM No permissions to access a key"), "");
  EXPECT_EQ(denied("NOPERM run the '"), "");
}

TEST(ServerErrorTest, TheDescriptionNamesTheMissingPermission) {
  EXPECT_EQ(describe(classify("NOPERM User u has no permissions to run the "
                              "'function|load' command")),
            "the account lacks a permission in the server (to run "
            "'function|load')");
  EXPECT_EQ(describe(classify("ERR ACL failure in script: User u has no "
                              "permissions to run the 'hget' command script: "
                              "on @user_function:11.")),
            "a function failed while it ran in the server: the account lacks a "
            "permission in the server (to run 'hget')");
}

TEST(ServerErrorTest, TheFirstWordIsKeptOnlyIfServersUseIt) {
  EXPECT_EQ(classify("OOM command not allowed").first_word, "OOM");
  EXPECT_EQ(classify("UNKILLABLE Sorry").first_word, "UNKILLABLE");
  EXPECT_EQ(classify("SECRETWORD something").first_word, "");
  EXPECT_EQ(describe(classify("SECRETWORD something")),
            "the server answered with an error that is not known");
  EXPECT_EQ(describe(classify("UNKILLABLE Sorry")),
            "the server answered with an error that is not known (UNKILLABLE)");
}

TEST(ServerErrorTest, NoTextOfTheServerReachesADescription) {
  // Given every text with planted content in each place it could echo
  std::vector<std::string> texts;
  for (const auto& x : rows) {
    texts.push_back(std::string{x.text} + " CANARY");
    texts.push_back(std::string{x.text} + " run the 'CANARY' command");
    texts.push_back("CANARY " + std::string{x.text});
  }

  // When they are described, then it is gone.
  for (const auto& text : texts) {
    auto error = classify(text);
    auto shown = describe(error) + to_string(error.kind) + error.first_word
                 + error.denied_command + obol::describe(to_error(error));
    EXPECT_EQ(shown.find("CANARY"), std::string::npos) << text;
  }
}

TEST(ServerErrorTest, CallersLearnWhatTheyCanDo) {
  auto code = [](std::string_view text) { return code_for(classify(text)); };
  EXPECT_EQ(code("LOADING Redis is loading"), ec::unavailable);
  EXPECT_EQ(code("ERR max number of clients reached"), ec::unavailable);
  EXPECT_EQ(code("OOM command not allowed"), ec::refused);
  EXPECT_EQ(code("READONLY You can't write"), ec::refused);
  EXPECT_EQ(code("WRONGPASS invalid"), ec::misconfigured);
  EXPECT_EQ(code("NOPERM No permissions"), ec::misconfigured);
  EXPECT_EQ(code("something new"), ec::outcome_unknown);
  EXPECT_EQ(code("ERR x script: f, on @user_function:1."), ec::outcome_unknown);
}

TEST(ServerErrorTest, WhatNeverRanIsNeverUnknown) {
  for (const auto& x : rows) {
    auto error = classify(x.text);
    if (!error.maybe_applied)
      EXPECT_NE(code_for(error), ec::outcome_unknown) << x.text;
    else
      EXPECT_EQ(code_for(error), ec::outcome_unknown) << x.text;
  }
}

} // namespace
