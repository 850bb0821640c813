#include "obol/etf/term.hpp"

#include <gtest/gtest.h>

namespace obol::etf {

namespace {

TEST(EtfTermTest, IntegerIsNotTheFloatOfTheSameValue) {
  EXPECT_FALSE(term{1} == term{1.0});
}

TEST(EtfTermTest, ZeroIsNotMinusZero) {
  EXPECT_FALSE(term{0.0} == term{-0.0});
  EXPECT_EQ(term{-0.0}, term{-0.0});
}

TEST(EtfTermTest, BinaryIsNotTheAtomOfTheSameName) {
  EXPECT_FALSE(term{"full"} == term{atom{"full"}});
}

TEST(EtfTermTest, BooleanIsAnAtom) {
  EXPECT_EQ(term{true}, term{atom{"true"}});
  EXPECT_TRUE(term{false}.is_atom("false"));
}

TEST(EtfTermTest, IntegerOfAnyWidthHasOneForm) {
  EXPECT_EQ(term::integer(false, std::string{"\x05\0\0\0\0\0\0\0\0\0", 10}),
            term{5});
  EXPECT_EQ(term::integer(true, ""), term{0});
  EXPECT_EQ(term::integer(true, std::string{"\0\0\0\0\0\0\0\x80", 8}),
            term{std::numeric_limits<std::int64_t>::min()});
  EXPECT_TRUE(term::integer(false, std::string{"\0\0\0\0\0\0\0\x80", 8})
                .get_if<big_integer>());
}

TEST(EtfTermTest, MapsWithAnotherOrderAreEqual) {
  auto x = map::from_pairs({{term{1}, term{"a"}}, {atom{"b"}, term{2}}});
  auto y = map::from_pairs({{atom{"b"}, term{2}}, {term{1}, term{"a"}}});
  EXPECT_EQ(term{*x}, term{*y});
  EXPECT_EQ(*x->find(atom{"b"}), term{2});
  EXPECT_EQ(x->find(term{"b"}), nullptr);
}

TEST(EtfTermTest, MapWithAKeyTwiceIsNone) {
  EXPECT_FALSE(map::from_pairs({{term{1}, term{2}}, {term{1}, term{3}}}));
  EXPECT_TRUE(map::from_pairs({{term{1}, term{2}}, {term{1.0}, term{3}}}));
}

TEST(EtfTermTest, ListWithAListAsTailIsOneList) {
  EXPECT_EQ(term::cons({term{1}}, list{{term{2}, term{3}}}),
            (term{list{{term{1}, term{2}, term{3}}}}));
  EXPECT_EQ(term::cons({term{1}}, term::cons({term{2}}, term{3})),
            term::cons({term{1}, term{2}}, term{3}));
  EXPECT_EQ(term::cons({}, term{3}), term{3});
}

} // namespace

} // namespace obol::etf
