#include "obol/sources.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

using testing::HasSubstr;

namespace {

std::string read(const std::string& path) {
  std::ifstream in{std::string{OBOL_SOURCE_DIR} + '/' + path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The program the README shows.
std::string quoted_program() {
  const std::string fence = "```";
  auto readme = read("README.md");
  auto begin = readme.find(fence + "cpp\n") + fence.size() + 4;
  return readme.substr(begin, readme.find(fence, begin) - begin);
}

} // namespace

TEST(ReadmeTest, QuotesAnExampleThatIsRunByTheTests) {
  EXPECT_EQ(quoted_program(), read("examples/first_login.cpp"));
}

TEST(ReadmeTest, BeginsWithItsTwoCommands) {
  auto first_screen = read("README.md").substr(0, 200);
  EXPECT_THAT(first_screen, HasSubstr("\n    make run "));
  EXPECT_THAT(first_screen, HasSubstr("\n    make test "));
}

TEST(ReadmeTest, HasAtMost150Lines) {
  auto readme = read("README.md");
  EXPECT_LE(std::count(readme.begin(), readme.end(), '\n'), 150);
}

TEST(DocumentationTest, ConfigurationListsEveryOption) {
  EXPECT_THAT(read("docs/configuration.md"), HasSubstr(obol::options_help()));
}
