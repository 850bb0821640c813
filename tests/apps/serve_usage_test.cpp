#include "apps/cli_test.hpp"
#include "obol/sources.hpp"

#include <gmock/gmock.h>

#include <filesystem>

using namespace obol::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

/// Nothing of these settings can be started: the run ends by itself.
class ServeUsageTest : public testing::Test {
protected:
  process_result serve(std::vector<std::string> arguments,
                       std::vector<std::string> variables = {}) {
    arguments.insert(arguments.begin(), {"serve", "--state-dir", state_});
    return obol_alone(std::move(arguments), {}, std::move(variables));
  }

  /// Refused for that reason, before anything was made or started.
  void expect_refused(std::vector<std::string> arguments,
                      const testing::Matcher<const std::string&>& complaint,
                      std::vector<std::string> variables = {}) {
    auto shown = testing::PrintToString(arguments);
    auto result = serve(std::move(arguments), std::move(variables));
    EXPECT_EQ(result.code, 2) << shown << result.err;
    EXPECT_THAT(result.err, AllOf(complaint, Not(HasSubstr("planted"))));
    EXPECT_FALSE(std::filesystem::exists(state_)) << shown;
  }

  scratch_folder folder_;
  std::string state_ = folder_.path("state");
};

} // namespace

TEST_F(ServeUsageTest, WhatOthersCanReachIsRefusedWithoutTls) {
  auto names_all = AllOf(HasSubstr("listen"), HasSubstr("tls_certificate_file"),
                         HasSubstr("tls_key_file"), HasSubstr("tls_ca_file"));
  expect_refused({"--listen", "0.0.0.0:0"}, names_all);
  expect_refused({"--listen", "[::]:0"}, names_all);
  expect_refused({}, names_all, {"OBOL_LISTEN=0.0.0.0:0"});
  expect_refused({"--listen", "0.0.0.0:0", "--tls-ca-file", "ca",
                  "--tls-certificate-file", "cert"},
                 HasSubstr("tls_key_file is missing"));
  expect_refused({"--metrics-listen", "0.0.0.0:0"},
                 HasSubstr("metrics_listen"));
}

TEST_F(ServeUsageTest, AWrongConfigFileIsNamedWithLineAndKey) {
  auto file = folder_.write("node.json", "{\n  \"listen\": \"127.0.0.1:0\",\n"
                                         "  \"limits\": {\n"
                                         "    \"max_peers\": 0\n  }\n}\n");
  expect_refused({"--config", file},
                 HasSubstr("config file " + file
                           + ", line 4: limits.max_peers is '0'; allowed: 1"));
  file = folder_.write("node.json", "{\n\n\"lisen\": \"planted\"}");
  expect_refused({"--config", file},
                 HasSubstr(file + ", line 3: lisen: there is no option"));
}

TEST_F(ServeUsageTest, AnAccountWithoutAServerIsRefused) {
  // An embedded server would hide that somebody forgot to name theirs.
  expect_refused({}, AllOf(HasSubstr("password"), HasSubstr("redis")),
                 {"OBOL_PASSWORD=planted"});
  expect_refused({"--database", "3"}, HasSubstr("database"));
}

TEST_F(ServeUsageTest, AServerThatIsNamedNeedsAKey) {
  auto result = obol_alone(
    {"serve", "--redis", "unix:///nonexistent", "--listen", "127.0.0.1:0"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("OBOL_BASE_SECRET"));
}

TEST_F(ServeUsageTest, AProgramThatDoesNotExistIsNamed) {
  expect_refused(
    {"--server-program", "/nonexistent/server"},
    AllOf(HasSubstr("server_program"), HasSubstr("/nonexistent/server")));
}

TEST_F(ServeUsageTest, APathTooLongForASocketIsRefused) {
  state_ = folder_.path(std::string(100, 'x'));
  expect_refused({}, HasSubstr("--state-dir"));
}

TEST_F(ServeUsageTest, FlagsOverruleVariablesAndThoseTheFile) {
  // Each of these would be refused, but for what overrules it.
  auto file = folder_.write("node.json", R"({"listen": "0.0.0.0:0"})");
  expect_refused({"--config", file, "--listen", "[::]:7"}, HasSubstr("[::]:7"),
                 {"OBOL_LISTEN=10.0.0.1:7"});
  expect_refused({"--config", file}, HasSubstr("10.0.0.1:7"),
                 {"OBOL_LISTEN=10.0.0.1:7"});
  expect_refused({"--config", file}, HasSubstr("0.0.0.0:0"));
}

TEST(ServeHelpTest, NamesEveryOptionOfItsOwn) {
  auto help = obol_alone({"serve", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr(obol::serve_options_help()));
  // Its default is another than that of all other commands.
  EXPECT_THAT(help.out, Not(HasSubstr("redis://localhost")));
  EXPECT_THAT(help.out,
              AllOf(HasSubstr("usage: obol serve"), HasSubstr("--redis URL"),
                    HasSubstr("SIGTERM"), HasSubstr("Exit codes")));
}
