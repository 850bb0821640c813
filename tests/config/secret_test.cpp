#include "obol/secret.hpp"

#include <caf/deep_to_string.hpp>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

namespace {

using obol::secret;

static_assert(!std::is_copy_constructible_v<secret>);
static_assert(!std::is_copy_assignable_v<secret>);
static_assert(!std::is_convertible_v<secret, std::string>);
static_assert(!std::is_convertible_v<secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, secret>);

TEST(SecretTest, EveryWayOfPrintingShowsStars) {
  secret value{std::string{"hunter2"}};
  std::ostringstream out;
  out << value;
  EXPECT_EQ(out.str(), "***");
  EXPECT_EQ(to_string(value), "***");
  EXPECT_EQ(caf::deep_to_string(value), "***");
  EXPECT_EQ(testing::PrintToString(value), "***");
}

TEST(SecretTest, TheSourceIsWiped) {
  // A long string and one that lives inside the string object.
  for (auto text : {std::string(100, 'x'), std::string{"short"}}) {
    const auto* bytes = text.data();
    auto size = text.size();
    secret value{std::move(text)};
    EXPECT_EQ(value.size(), size);
    EXPECT_TRUE(text.empty());
    for (std::size_t i = 0; i < size; ++i)
      EXPECT_EQ(bytes[i], '\0');
  }
}

TEST(SecretTest, MovingLeavesNothingBehind) {
  secret first{std::string{"hunter2"}};
  secret second{std::move(first)};
  EXPECT_TRUE(first.empty());
  EXPECT_EQ(second.reveal(), "hunter2");
  secret third{std::string{"other"}};
  third = std::move(second);
  EXPECT_TRUE(second.empty());
  EXPECT_EQ(third.reveal(), "hunter2");
}

TEST(SecretTest, ACloneOutlivesItsOrigin) {
  secret copy;
  {
    secret origin{std::string{"a\0b", 3}};
    copy = origin.clone();
    EXPECT_EQ(copy, origin);
  }
  EXPECT_EQ(copy.reveal(), (std::string_view{"a\0b", 3}));
}

TEST(SecretTest, EqualityComparesAllBytes) {
  auto of = [](std::string text) { return secret{std::move(text)}; };
  EXPECT_EQ(of("abc"), of("abc"));
  EXPECT_NE(of("abc"), of("abd"));
  EXPECT_NE(of("abc"), of("ab"));
  EXPECT_EQ(secret{}, of(""));
}

TEST(SecretTest, WipingAStringOverwritesIt) {
  std::string text(100, 'x');
  const auto* bytes = text.data();
  obol::wipe(text);
  EXPECT_TRUE(text.empty());
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(bytes[i], '\0');
}

} // namespace
