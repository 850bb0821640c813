#include "apps/cli_test.hpp"

#include <gmock/gmock.h>

using namespace obol::test;
using testing::HasSubstr;
using testing::Not;

namespace {

/// The example of this name, on the server that the variable names.
process_result run_example(const std::string& name, const server& where) {
  return run_process(std::string{OBOL_EXAMPLES_DIR} + '/' + name,
                     {{}, {}, {"OBOL_REDIS=unix://" + where.socket_path()}});
}

class ExamplesTest : public server_test {};

INSTANTIATE_TEST_SUITE_P(Servers, ExamplesTest,
                         testing::ValuesIn(all_server_names()),
                         server_test_name);

} // namespace

TEST_P(ExamplesTest, FirstLoginIsThatOfTheReadme) {
  auto server = start();
  auto result
    = run_process(std::string{OBOL_EXAMPLES_DIR} + "/first_login",
                  {{},
                   {},
                   {"OBOL_REDIS=unix://" + server->socket_path(),
                    "OBOL_BASE_SECRET=" + std::string{planted_secret}}});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "logged in\n");
}

TEST_P(ExamplesTest, HelloSessionFindsWhatItStored) {
  auto server = start();
  auto result = run_example("hello_session", *server);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("stored, lock version 1\nfound it again\n"));
}

TEST_P(ExamplesTest, BlockingFacadeLivesAWholeLogin) {
  auto server = start();
  auto result = run_example("blocking_facade", *server);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "logged in, lock version 1\n"
                        "refreshed, lock version 2\n"
                        "logged out everywhere\n"
                        "no such session\n");
}

TEST_P(ExamplesTest, ConcurrentRefreshHasOneWinner) {
  auto server = start();
  auto result = run_example("concurrent_refresh", *server);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "1 refreshed, 19 conflict, 0 failed\n");
}

TEST_P(ExamplesTest, AWrongUrlIsNamed) {
  for (auto name : {"hello_session", "blocking_facade", "concurrent_refresh"}) {
    auto result = run_process(std::string{OBOL_EXAMPLES_DIR} + '/' + name,
                              {{"http://nowhere"}, {}, {}});
    EXPECT_EQ(result.code, 1) << name;
    EXPECT_THAT(result.err, HasSubstr("redis"));
  }
}

TEST(SimulatedLoginTest, NeedsNoServerAndLosesRepliesOnTheWay) {
  auto result = run_process(
    std::string{OBOL_EXAMPLES_DIR} + "/simulated_login", {{}, {}, {}});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, testing::StartsWith("200 worlds, "));
  EXPECT_THAT(result.out, testing::EndsWith(" lost replies, no lie\n"));
  EXPECT_THAT(result.out, Not(HasSubstr(" 0 lost replies")));
}
