#include "apps/cli_test.hpp"

#include <gmock/gmock.h>

using namespace obol::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

/// Runs with a secret; nothing listens where it is sent.
process_result without_server(std::vector<std::string> arguments,
                              std::string input = {}) {
  arguments.insert(arguments.end(), {"--deadline", "100ms"});
  return obol_alone(std::move(arguments), std::move(input),
                    {"OBOL_REDIS=unix:///nonexistent/socket",
                     "OBOL_BASE_SECRET=" + std::string{planted_secret}});
}

struct wrong_line {
  std::vector<std::string> arguments;
  std::string complaint;
};

std::vector<wrong_line> wrong_lines() {
  return {
    {{}, "`obol --help`"},
    {{"fly"}, "no command 'fly'"},
    {{"get", "42"}, "obol get USER ID"},
    {{"list"}, "obol list USER"},
    {{"list", "42", "43"}, "too many words"},
    {{"list", "42", "--tpye", "x"}, "no flag --tpye"},
    {{"list", "-x"}, "no flag -x"},
    {{"list", "42", "--type"}, "--type needs a value"},
    {{"list", "42", "--type", "--json"}, "--type needs a value"},
    {{"list", "42", "--type=a", "--type=b"}, "--type is given twice"},
    {{"list", "42", "--json=yes"}, "--json takes no value"},
    {{"list", "42", "--all"}, "--all means nothing to `obol list`"},
    {{"list", "42", "--json", "--quiet"}, "exclude each other"},
    {{"list", "42", "--type", "a.b"}, "type"},
    {{"list", "42", "--user-kind", "big"}, "allowed: int, string, auto"},
    {{"list", "anna", "--user-kind", "int"}, "USER is not an integer"},
    {{"list", "99999999999999999999"}, "--user-kind string"},
    {{"list", "l.42"}, "user_id"},
    {{"get", "42", "l.phone"}, "id"},
    {{"get", "42", ""}, "id"},
    {{"list", "42", "--pool-size", "0"}, "pool.size"},
    {{"list", "42", "--layout", "flat"}, "three_set"},
    {{"list", "42", "--redis", "http://x"}, "redis"},
    {{"list", "42", "--redis", "redis://:planted@x"}, "password"},
    {{"list", "42", "--base-secret-file", "/nonexistent"}, "/nonexistent"},
    {{"list", "42", "--base-secret", "planted"}, "OBOL_BASE_SECRET"},
    {{"list", "42", "--config", "/nonexistent.json"}, "/nonexistent.json"},
    {{"revoke", "42"}, "exactly one of"},
    {{"revoke", "42", "phone", "--all"}, "exactly one of"},
    {{"revoke", "42", "--before", "yesterday"}, "2026-11-21T10:00:00Z"},
    {{"revoke", "42", "--others", "l.x"}, "id"},
    {{"put", "phone"}, "too many words"},
    {{"demo", "--json"}, "--json means nothing to `obol demo`"},
  };
}

} // namespace

TEST(UsageTest, WrongCommandLinesAreNamedAndAreExitCodeTwo) {
  for (const auto& wrong : wrong_lines()) {
    auto result = obol_alone(wrong.arguments, {}, {"OBOL_BASE_SECRET=planted"});
    auto shown = testing::PrintToString(wrong.arguments) + '\n' + result.err;
    EXPECT_EQ(result.code, 2) << shown;
    EXPECT_THAT(result.out, IsEmpty()) << shown;
    EXPECT_THAT(result.err,
                AllOf(HasSubstr("obol: "), HasSubstr(wrong.complaint),
                      Not(HasSubstr("planted"))))
      << shown;
  }
}

TEST(UsageTest, WrongSessionsAreNamedAndAreExitCodeTwo) {
  const std::vector<std::pair<std::string, std::string>> inputs{
    {"", "nothing on standard input"},
    {" \n", "nothing on standard input"},
    {"[1]", "object"},
    {"{\"id\":\"x\"", ""},
    {"{\"user_id\":42,\"refresh_expires_at\":4102444800}", "id"},
    {login("l.planted"), "id"},
    {login("x", "1.5"), "user_id"},
    {login("x", "42", ",\"color\":1"), "field"},
    {std::string(5'000'000, ' '), "4194304 bytes"},
  };
  for (const auto& [text, complaint] : inputs) {
    auto result = without_server({"put"}, text);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_THAT(result.out, IsEmpty());
    EXPECT_THAT(result.err, AllOf(HasSubstr("obol: "), HasSubstr(complaint),
                                  Not(HasSubstr("planted"))));
  }
}

TEST(UsageTest, WithoutAKeyTheErrorSaysHowToGiveOne) {
  auto result = obol_alone({"list", "42"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("--base-secret-file"),
                                HasSubstr("OBOL_BASE_SECRET")));
}

TEST(UsageTest, AnUnreachableServerIsExitCodeThree) {
  const std::vector<std::vector<std::string>> lines{
    {"get", "42", "phone"}, {"list", "42"}, {"revoke", "42", "--all"}};
  for (const auto& line : lines) {
    auto result = without_server(line);
    EXPECT_EQ(result.code, 3) << result.err;
    EXPECT_THAT(result.out, IsEmpty());
    EXPECT_THAT(result.err, HasSubstr("obol: unavailable: "));
  }
}

TEST(UsageTest, HelpIsComplete) {
  // The short help names all commands and exit codes,
  auto help = obol_alone({"--help"});
  EXPECT_EQ(help.code, 0);
  for (auto text :
       {"obol get USER ID", "obol list USER", "obol put", "obol revoke USER",
        "obol demo", "obol bench", "--user-kind", "--base-secret-file", "Exit codes"})
    EXPECT_THAT(help.out, HasSubstr(text));

  // each command explains itself,
  for (auto command : {"get", "list", "put", "revoke", "demo", "bench"}) {
    auto one = obol_alone({command, "--help"});
    EXPECT_EQ(one.code, 0);
    EXPECT_THAT(one.out, HasSubstr("usage: obol " + std::string{command}));
  }

  // and all options are there too.
  EXPECT_THAT(obol_alone({"--help-options"}).out,
              AllOf(HasSubstr("--pool-size"), HasSubstr("OBOL_POOL_SIZE")));
  EXPECT_THAT(obol_alone({"--version"}).out, HasSubstr("obol "));
}
