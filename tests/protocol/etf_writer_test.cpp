#include "obol/etf/reader.hpp"
#include "obol/etf/writer.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace obol::etf {

namespace {

using namespace std::string_literals;

term nested(std::size_t depth) {
  term result;
  for (std::size_t i = 0; i < depth; ++i)
    result = list{{std::move(result)}};
  return result;
}

TEST(EtfWriterTest, IntegersTakeTheShortestForm) {
  EXPECT_EQ(*write(255), "\x83"
                         "a\xFF"s);
  EXPECT_EQ(*write(256), "\x83"
                         "b\0\0\1\0"s);
  EXPECT_EQ(*write(-1), "\x83"
                        "b\xFF\xFF\xFF\xFF"s);
  EXPECT_EQ(*write(std::int64_t{1} << 31), "\x83n\4\0\0\0\0\x80"s);
  EXPECT_EQ(*write(std::numeric_limits<std::int64_t>::min()),
            "\x83n\x08\1\0\0\0\0\0\0\0\x80"s);
}

TEST(EtfWriterTest, ByteListsAreWrittenAsStrings) {
  EXPECT_EQ(*write(list{{term{1}, term{255}}}), "\x83k\0\2\1\xFF"s);
  EXPECT_EQ(*write(list{{term{256}}}), "\x83l\0\0\0\1b\0\0\1\0j"s);
  EXPECT_EQ(*write(list{}), "\x83j");
}

TEST(EtfWriterTest, LongAtomTakesTheLongForm) {
  std::string name;
  for (auto i = 0; i < 255; ++i)
    name += "\xC3\xA9";
  EXPECT_EQ(*write(atom{name}), "\x83v\1\xFE"s + name);
  EXPECT_FALSE(write(atom{name + "a"}));
  EXPECT_FALSE(write(atom{"\xFF"}));
}

TEST(EtfWriterTest, WhatNoReaderTakesIsRefused) {
  EXPECT_TRUE(write(nested(max_depth)));
  EXPECT_FALSE(write(nested(max_depth + 1)));
  EXPECT_FALSE(write(std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(write(std::string(max_bytes + 1, 'x')));
  EXPECT_FALSE(write(bitstring{"", 3}));
  EXPECT_FALSE(write(bitstring{"x", 8}));
  EXPECT_FALSE(write(opaque{"a\1"}));
  EXPECT_FALSE(write(opaque{"p\0\0\0\x09xy"s}));
  EXPECT_FALSE(write(term::integer(false, std::string(2000, '\1'))));
  EXPECT_FALSE(write(tuple{std::vector<term>(max_elements, term{})}));
}

TEST(EtfWriterTest, ElementsEndWhereTheReadersDo) {
  auto list_of
    = [](std::size_t count) { return list{std::vector<term>(count, term{})}; };
  // The list and its end count, too.
  auto longest = write(list_of(max_elements - 2));
  ASSERT_TRUE(longest);
  EXPECT_TRUE(read(*longest));
  EXPECT_FALSE(write(list_of(max_elements - 1)));
}

TEST(EtfWriterTest, RefusedTermLeavesNothingBehind) {
  std::string out = "before";
  EXPECT_TRUE(append_bare(out, list{{term{"x"}, term{atom{"\xFF"}}}}));
  EXPECT_EQ(out, "before");
}

TEST(EtfWriterTest, EveryKindOfTermReadsBackTheSame) {
  auto inner = map::from_pairs({{term{1}, term{tuple{{term{1.5}}}}},
                                {atom{"k"}, term::cons({term{1}}, term{2})}});
  auto value = list{{term{*inner}, term{bitstring{"\xA0", 3}}, term{true},
                     term::nil(), term{"bytes"}, term{list{}},
                     term{tuple{std::vector<term>(300, term{7})}},
                     term::integer(true, "123456789")}};
  EXPECT_EQ(*read(*write(value)), term{value});
}

} // namespace

} // namespace obol::etf
