#include "obol/error.hpp"
#include "obol/internal/option_table.hpp"
#include "obol/sources.hpp"

#include <gtest/gtest.h>

#include <string>

#include "config/sources_fixture.hpp"

namespace {

using namespace std::chrono_literals;
using obol::option_sources;
using obol::options;
using obol::test::flag;
using obol::test::load;
using obol::test::refusal;
using obol::test::variable;

class SourcesTest : public obol::test::sources_fixture {};

// -- priority -----------------------------------------------------------------

TEST_F(SourcesTest, NothingGivenMeansDefaults) {
  auto loaded = load({});
  EXPECT_EQ(loaded.options, options{});
  EXPECT_TRUE(loaded.given.empty());
}

TEST_F(SourcesTest, FlagsWinOverEnvironmentOverFileOverDefaults) {
  // Given an option in one to three sources
  auto sources = file(R"({"pool": {"size": 2, "max_overflow": 2,
                                    "max_in_flight": 2}})");
  sources.environment
    = {{"OBOL_POOL_MAX_OVERFLOW", "3"}, {"OBOL_POOL_MAX_IN_FLIGHT", "3"}};
  sources.flags = {{"--pool-max-in-flight", "4"}};

  // When they are read
  auto loaded = load(sources);

  // Then the highest source wins, and what none names is the default.
  EXPECT_EQ(loaded.options.pool.size, 2u);
  EXPECT_EQ(loaded.options.pool.max_overflow, 3u);
  EXPECT_EQ(loaded.options.pool.max_in_flight, 4u);
  EXPECT_EQ(loaded.options.pool.max_waiting, 1024u);
  EXPECT_TRUE(loaded.is_given("pool.size"));
  EXPECT_TRUE(loaded.is_given("pool.max_overflow"));
  EXPECT_FALSE(loaded.is_given("pool.max_waiting"));
  EXPECT_FALSE(loaded.is_given("redis"));
}

TEST_F(SourcesTest, WhatIsNamedAloneWinsOverTheUrlOfItsSource) {
  // The URL stands after it in the list.
  auto loaded = load({{},
                      {{"OBOL_DATABASE", "4"},
                       {"OBOL_REDIS", "redis://ann:pw@h:1/3?pool.size=7"}},
                      {}});
  EXPECT_EQ(loaded.options.database, 4u);
  EXPECT_EQ(loaded.options.pool.size, 7u);
  EXPECT_EQ(loaded.options.password.reveal(), "pw");
  EXPECT_TRUE(loaded.is_given("redis"));
}

TEST_F(SourcesTest, AHigherUrlKeepsTheLowerPassword) {
  auto loaded = load(
    {{}, {{"OBOL_PASSWORD", "pw"}}, {{"--redis", "unix:///run/redis.sock"}}});
  EXPECT_EQ(loaded.options.endpoint.path, "/run/redis.sock");
  EXPECT_EQ(loaded.options.password.reveal(), "pw");
}

TEST_F(SourcesTest, EveryOptionCanBeSetByEverySourceThatMay) {
  // Given each option with its default value as text
  for (const auto& option : obol::internal::option_table()) {
    if (is_secret(option)
        || std::holds_alternative<obol::internal::secret_file_value>(
          option.value))
      continue;
    auto value = value_of(option, options{});

    // When it is given by variable or flag, then it is read
    for (const auto& sources :
         {variable(variable_of(option), value), flag(flag_of(option), value)}) {
      auto loaded = load(sources);
      EXPECT_EQ(loaded.options, options{}) << option.name;
      EXPECT_TRUE(loaded.is_given(option.name));
    }
  }
}

// -- the config file ----------------------------------------------------------

TEST_F(SourcesTest, TheFileNestsLikeTheNames) {
  auto loaded = load(file(R"({
    "redis": "redis://h:6380/1", "pool": {"size": 20, "overflow_linger": 0.5},
    "deadline": "750ms", "command_timeout": 1, "max_session_bytes": "64KiB",
    "write_guard": "charon", "key_prefix": "p_", "log_level": "debug"})"));
  const auto& x = loaded.options;
  EXPECT_EQ(x.endpoint.port, 6380);
  EXPECT_EQ(x.pool.size, 20u);
  EXPECT_EQ(x.pool.overflow_linger, 500ms);
  EXPECT_EQ(x.deadline, 750ms);
  EXPECT_EQ(x.command_timeout, 1s);
  EXPECT_EQ(x.max_session_bytes, 65'536u);
  EXPECT_EQ(x.write_guard, obol::write_guard::charon);
  EXPECT_EQ(x.key_prefix, "p_");
  EXPECT_EQ(x.log_level, obol::log_level::debug);
}

TEST_F(SourcesTest, ANumberOfSecondsMeansWhatTheSameTextMeans) {
  auto linger = [this](const std::string& value) {
    return load(file(R"({"pool": {"overflow_linger": )" + value + "}}"))
      .options.pool.overflow_linger;
  };
  // Also where six decimals would say something else.
  for (std::string number :
       {"0", "2", "0.5", "0.25", "1.0015", "0.0004999999", "86399.999"})
    EXPECT_EQ(linger(number), linger('"' + number + '"')) << number;
  EXPECT_EQ(linger("0.5"), 500ms);
}

TEST_F(SourcesTest, AnUnknownKeyIsNamed) {
  auto ends_with = [this](std::string_view json, std::string_view end) {
    auto text = refusal(file(json));
    EXPECT_TRUE(text.ends_with(end)) << text;
  };
  ends_with(R"({"pool": {"sise": 1}})",
            "pool.sise: there is no option of that name");
  ends_with(R"({"tls": {"ca": "x"}})", "tls: there is no option of that name");
  ends_with(R"({"pool.size": {"x": 1}})",
            "pool.size: a whole number is expected; allowed: 1 to 1000");
}

TEST_F(SourcesTest, AWrongTypeIsNamedWithItsKey) {
  auto ends_with = [this](std::string_view json, std::string_view end) {
    auto text = refusal(file(json));
    EXPECT_TRUE(text.ends_with(end)) << text;
  };
  ends_with(R"({"pool": {"size": "10"}})",
            "pool.size: a whole number is expected; allowed: 1 to 1000");
  ends_with(R"({"pool": {"size": -1}})",
            "pool.size: a whole number is expected; allowed: 1 to 1000");
  ends_with(R"({"pool": {"size": 1.5}})",
            "pool.size: a whole number is expected; allowed: 1 to 1000");
  ends_with(R"({"pool": 10})", "pool: an object is expected");
  ends_with(R"({"deadline": true})",
            "deadline: a number of seconds or a text like 500ms is expected; "
            "allowed: 1ms to 10s");
  ends_with(R"({"deadline": -1})",
            "deadline: a number of seconds or a text like 500ms is expected; "
            "allowed: 1ms to 10s");
  ends_with(R"({"layout": null})",
            "layout: a text is expected; allowed: one of auto, "
            "hash_field_expiry, three_set");
  ends_with(R"([1])", ": an object is expected");
}

TEST_F(SourcesTest, AWrongValueInTheFileIsNamedWithFileLineAndKey) {
  auto says = [this](std::string_view json, std::string_view what) {
    auto sources = file(json);
    auto text = refusal(sources);
    auto place = "config file " + sources.config_file + ", line ";
    EXPECT_NE(text.find(place + std::string{what}), std::string::npos) << text;
  };
  // Wherever a key stands, its own line is meant,
  says("{\n \"sise\": 1\n}", "2: sise: there is no option");
  says("{\"pool\":\n {\"size\"\n:\n\"x\"}}", "2: pool.size: a whole number");
  says("{\n\"pool\": {\"max_waiting\": 1,\n\n\"size\": -1}}",
       "4: pool.size: a");
  says("{\"pool\": {\"size\": 1},\n\"deadline\": []}", "2: deadline: a number");
  // of a key given twice the last one,
  says("{\"deadline\": 1,\n\"deadline\": true}", "2: deadline: a number");
  // and values out of range are named the same way, whatever they are.
  says("{\n\n\"pool\": {\n\"size\": 0}}", "4: pool.size is '0'; allowed: 1 to");
  says("{\n\"layout\": \"flat\"}", "2: layout: 'flat' is not known");
  says("{\n\"redis\": \"http://x\"}", "2: redis");
  says("{\n\"base_secret\": \"x\"}", "2: base_secret: a secret is not taken");
  says("{\n\"base_secret_file\": \"/nonexistent\"}", "2: base_secret_file");
}

TEST_F(SourcesTest, BrokenJsonIsNamedByItsLine) {
  auto text = refusal(file("{\n  \"deadline\": 1,\n  CANARY\n}"));
  EXPECT_TRUE(text.ends_with("line 3 is not valid JSON")) << text;
  EXPECT_EQ(text.find("CANARY"), std::string::npos);
}

TEST_F(SourcesTest, HostileFilesAreRefused) {
  // Too long, too deep, not text, not a file.
  EXPECT_NE(refusal(file(std::string(70'000, ' '))).find("64KiB"),
            std::string::npos);
  EXPECT_NE(refusal(file(std::string(30'000, '['))), "accepted");
  EXPECT_NE(refusal(file(std::string(30'000, '[') + std::string(30'000, ']'))),
            "accepted");
  EXPECT_NE(refusal(file("\xff\xfe")), "accepted");
  EXPECT_NE(refusal(file("")), "accepted");
  option_sources missing;
  missing.config_file = folder_.path("missing");
  EXPECT_NE(refusal(missing).find("cannot be opened"), std::string::npos);
  missing.config_file = folder_.path("");
  EXPECT_NE(refusal(missing).find("cannot be read"), std::string::npos);
}

TEST_F(SourcesTest, TheFileCanBeNamedByVariableOrFlag) {
  auto path = folder_.write("a.json", R"({"database": 1})");
  auto other = folder_.write("b.json", R"({"database": 2})");
  EXPECT_EQ(load(variable("OBOL_CONFIG", path)).options.database, 1u);
  EXPECT_EQ(load(flag("--config", path)).options.database, 1u);
  EXPECT_EQ(
    load({{}, {{"OBOL_CONFIG", path}}, {{"--config", other}}}).options.database,
    2u);
}

// -- environment and flags ----------------------------------------------------

TEST_F(SourcesTest, UnknownVariablesAreNamed) {
  EXPECT_EQ(refusal(variable("OBOL_POOL_SISE", "CANARY")),
            "invalid_argument: OBOL_POOL_SISE: there is no variable of that "
            "name");
}

TEST_F(SourcesTest, VariablesOfOthersAreLeftAlone) {
  EXPECT_EQ(load({{},
                  {{"PATH", "x"},
                   {"OBOL_TEST_SERVER", "x"},
                   {"OBOL_CACHE_DIR", "x"},
                   {"obol_pool_size", "x"}},
                  {}})
              .options,
            options{});
}

TEST_F(SourcesTest, UnknownFlagsAreNamed) {
  EXPECT_EQ(refusal(flag("--pool-sise", "CANARY")),
            "invalid_argument: --pool-sise: there is no flag of that name");
  EXPECT_TRUE(obol::is_option_flag("--pool-size"));
  EXPECT_TRUE(obol::is_option_flag("pool-size"));
  EXPECT_TRUE(obol::is_option_flag("--config"));
  EXPECT_FALSE(obol::is_option_flag("--pool-sise"));
  EXPECT_FALSE(obol::is_option_flag("--"));
}

TEST_F(SourcesTest, ErrorsNameTheOptionAsItsSourceDoes) {
  EXPECT_EQ(refusal(variable("OBOL_POOL_SIZE", "many")),
            "invalid_argument: OBOL_POOL_SIZE: 'many' is not a whole number; "
            "allowed: 1 to 1000");
  EXPECT_EQ(refusal(flag("--deadline", "2 s")),
            "invalid_argument: --deadline: '2 s' is not a duration like 500ms, "
            "2s or 30min; allowed: 1ms to 10s");
  EXPECT_EQ(refusal(flag("--layout", "best\n")),
            "invalid_argument: --layout: 'best?' is not known; allowed: one of "
            "auto, hash_field_expiry, three_set");
}

TEST_F(SourcesTest, DurationsHaveUnits) {
  auto deadline = [](std::string text) {
    return load(flag("--deadline", std::move(text))).options.deadline;
  };
  EXPECT_EQ(deadline("500ms"), 500ms);
  EXPECT_EQ(deadline("2s"), 2s);
  EXPECT_EQ(deadline("30min"), 30min);
  EXPECT_EQ(deadline("1h"), 1h);
  EXPECT_EQ(deadline("60d"), 24h * 60);
  EXPECT_EQ(deadline("3"), 3s);
  EXPECT_EQ(deadline("0.25"), 250ms);
  for (auto bad : {"", "s", "-1", "+1", "1m", "1 s", "1ss", "nan", "inf", "1e3",
                   "0x10", "99999999999999", "1e400", ".5"})
    EXPECT_NE(refusal(flag("--deadline", bad)), "accepted") << bad;
}

TEST_F(SourcesTest, NumbersAreDigits) {
  for (auto bad : {"", " 1", "1 ", "+1", "-1", "0x1", "1e3", "1.0",
                   "99999999999999999999"})
    EXPECT_NE(refusal(flag("--pool-size", bad)), "accepted") << bad;
  EXPECT_EQ(load(flag("--max-session-bytes", "1MiB")).options.max_session_bytes,
            1'048'576u);
  for (auto bad : {"KiB", "1kib", "1GiB", "99999999999999999999KiB",
                   "18446744073709551615MiB"})
    EXPECT_NE(refusal(flag("--max-session-bytes", bad)), "accepted") << bad;
}

// -- help ---------------------------------------------------------------------

TEST_F(SourcesTest, TheHelpNamesEveryOption) {
  auto help = obol::options_help();
  for (const auto& option : obol::internal::option_table()) {
    EXPECT_NE(help.find(variable_of(option)), std::string::npos) << option.name;
    EXPECT_NE(help.find(option.meaning), std::string::npos) << option.name;
  }
  EXPECT_NE(help.find("--pool-size N\n      permanent connections\n      1 to "
                      "1000; default: 10  [OBOL_POOL_SIZE]"),
            std::string::npos);
  EXPECT_EQ(help.find("--password TEXT"), std::string::npos);
}

} // namespace
