#include "obol/etf/reader.hpp"
#include "obol/etf/writer.hpp"
#include "obol/internal/etf_cursor.hpp"

#include <gtest/gtest.h>

#include <random>
#include <zlib.h>

#include "support/golden.hpp"

namespace obol::etf {

namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

bool skips(std::string_view bytes) {
  internal::etf_cursor cursor{bytes};
  return cursor.skip_term() && cursor.left() == 0;
}

/// What reader and scanner say of the same bytes, which must agree.
std::optional<term> bare(std::string_view bytes) {
  auto result = read_bare(bytes);
  EXPECT_EQ(skips(bytes), result.engaged());
  if (!result)
    return std::nullopt;
  return *result;
}

std::string compressed(std::string_view body, std::uint32_t announced) {
  auto size = compressBound(body.size());
  std::string stream(size, '\0');
  compress(reinterpret_cast<Bytef*>(stream.data()), &size,
           reinterpret_cast<const Bytef*>(body.data()), body.size());
  stream.resize(size);
  std::string result = "\x83P";
  for (auto shift : {24, 16, 8, 0})
    result += static_cast<char>(announced >> shift);
  return result + stream;
}

/// A list in a list in a list.
std::string nested(std::size_t depth) {
  std::string result;
  for (std::size_t i = 0; i < depth; ++i)
    result += "l\0\0\0\1"s;
  result += "j";
  return result.append(depth, 'j');
}

// -- encodings ----------------------------------------------------------------

TEST(EtfReaderTest, AtomsOfAllEncodingsAreEqual) {
  term expected{atom{"\xC3\xA9t"}};
  EXPECT_EQ(bare("w\x03\xC3\xA9t"sv), expected);
  EXPECT_EQ(bare("v\0\x03\xC3\xA9t"sv), expected);
  EXPECT_EQ(bare("d\0\x02\xE9t"sv), expected);
  EXPECT_EQ(bare("s\x02\xE9t"sv), expected);
}

TEST(EtfReaderTest, ByteListEqualsListOfIntegers) {
  EXPECT_EQ(bare("k\0\2\1\xFF"sv), bare("l\0\0\0\2a\1b\0\0\0\xFFj"sv));
}

TEST(EtfReaderTest, ByteListAsTailBelongsToTheList) {
  EXPECT_EQ(bare("l\0\0\0\1a\1k\0\1\2"sv), bare("k\0\2\1\2"sv));
}

TEST(EtfReaderTest, FloatsOfBothEncodingsAreEqual) {
  auto text = "c1.50000000000000000000e+00"s;
  text.resize(32, '\0');
  EXPECT_EQ(bare(text), bare("F\x3F\xF8\0\0\0\0\0\0"sv));
}

TEST(EtfReaderTest, FloatThatIsNoNumberIsRefused) {
  EXPECT_FALSE(bare("F\x7F\xF0\0\0\0\0\0\0"sv));
  EXPECT_FALSE(bare("F\x7F\xF8\0\0\0\0\0\0"sv));
  for (auto text : {"c1e999"s, "cnan"s, "cinf"s, "c1.5x"s, "c"s}) {
    text.resize(32, '\0');
    EXPECT_FALSE(bare(text));
  }
}

TEST(EtfReaderTest, IntegerWithZerosInFrontIsTheSmallOne) {
  EXPECT_EQ(bare("n\x03\0\x05\0\0"sv), term{5});
  EXPECT_EQ(bare("o\0\0\0\x01\x01\x05"sv), term{-5});
}

TEST(EtfReaderTest, BitsThatDoNotCountAreIgnored) {
  EXPECT_EQ(bare("M\0\0\0\1\3\xBF"sv), bare("M\0\0\0\1\3\xA0"sv));
  EXPECT_EQ(bare("M\0\0\0\1\x08x"sv), term{"x"});
  EXPECT_EQ(bare("M\0\0\0\0\0"sv), term{""});
  EXPECT_FALSE(bare("M\0\0\0\0\3"sv));
  EXPECT_FALSE(bare("M\0\0\0\1\0x"sv));
  EXPECT_FALSE(bare("M\0\0\0\1\x09x"sv));
}

TEST(EtfReaderTest, OpaqueTermsAreKeptAsTheyCame) {
  for (auto bytes : {
         "Xw\1n\0\0\0\1\0\0\0\2\0\0\0\3"sv,                 // pid
         "gw\1n\0\0\0\1\0\0\0\2\3"sv,                       // older pid
         "Yw\1n\0\0\0\1\0\0\0\2"sv,                         // port
         "fw\1n\0\0\0\1\2"sv,                               // older port
         "xw\1n\0\0\0\0\0\0\0\1\0\0\0\2"sv,                 // newest port
         "Z\0\1w\1n\0\0\0\1\0\0\0\2"sv,                     // reference
         "r\0\1w\1n\1\0\0\0\2"sv,                           // older reference
         "ew\1n\0\0\0\1\2"sv,                               // oldest reference
         "qw\1mw\1fa\2"sv,                                  // exported function
         "p\0\0\0\x06xy"sv,                                 // function
         "u\0\0\0\1gw\1n\0\0\0\1\0\0\0\2\3w\1ma\1a\2a\3"sv, // older function
       }) {
    auto result = bare(bytes);
    ASSERT_TRUE(result) << bytes.front();
    ASSERT_TRUE(result->get_if<opaque>()) << bytes.front();
    EXPECT_EQ(result->get_if<opaque>()->bytes, bytes);
    EXPECT_EQ(*write(*result), "\x83" + std::string{bytes});
  }
}

TEST(EtfReaderTest, BytesAfterTheTermAreIgnored) {
  EXPECT_EQ(*read("\x83"
                  "a\1rest"),
            term{1});
  EXPECT_FALSE(read_bare("a\1rest"));
}

TEST(EtfReaderTest, CompressedTermIsTheTerm) {
  EXPECT_EQ(*read(compressed("k\0\2\1\2"sv, 5)), *bare("k\0\2\1\2"sv));
  EXPECT_EQ(*read(compressed("k\0\2\1\2"sv, 5) + "rest"), *bare("k\0\2\1\2"sv));
}

// -- what is refused ----------------------------------------------------------

TEST(EtfReaderTest, AnotherFrameIsRefused) {
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read("\x83"));
  EXPECT_FALSE(read("\x82"
                    "a\1"));
  EXPECT_FALSE(read("a\1"));
  EXPECT_FALSE(read("\x83"
                    "D\0"sv));
}

TEST(EtfReaderTest, AtomThatIsNoUtf8IsRefused) {
  EXPECT_FALSE(bare("w\2\xC3\x28"sv));
  EXPECT_FALSE(bare("w\2\xC0\x80"sv));
  EXPECT_FALSE(bare("w\3\xED\xA0\x80"sv));
  EXPECT_FALSE(bare("w\4\xF4\x90\x80\x80"sv));
}

TEST(EtfReaderTest, AtomOf256CharactersIsRefused) {
  EXPECT_TRUE(bare("v\0\xFF"s + std::string(255, 'a')));
  EXPECT_FALSE(bare("v\1\0"s + std::string(256, 'a')));
}

TEST(EtfReaderTest, MapWithAKeyTwiceIsRefused) {
  EXPECT_FALSE(read("\x83t\0\0\0\2a\1a\2a\1a\3"sv));
  // Two encodings of one key are one key.
  EXPECT_FALSE(read("\x83t\0\0\0\2w\1aa\2d\0\1aa\3"sv));
}

TEST(EtfReaderTest, AnnouncedCountsAreNotBelieved) {
  for (auto bytes :
       {"l\xFF\xFF\xFF\xFF"sv, "i\xFF\xFF\xFF\xFF"sv, "t\xFF\xFF\xFF\xFF"sv,
        "m\xFF\xFF\xFF\xFF"sv, "o\xFF\xFF\xFF\xFF\0"sv, "M\xFF\xFF\xFF\xFF\1"sv,
        "t\x80\0\0\0"sv, "k\xFF\xFF"sv, "h\xFF"sv, "p\xFF\xFF\xFF\xFF"sv,
        "p\0\0\0\0"sv, "u\xFF\xFF\xFF\xFF"sv})
    EXPECT_FALSE(bare(bytes));
}

TEST(EtfReaderTest, NestingEndsAtTheLimit) {
  EXPECT_TRUE(bare(nested(max_depth)));
  EXPECT_FALSE(bare(nested(max_depth + 1)));
  EXPECT_FALSE(bare(nested(200'000)));
}

TEST(EtfReaderTest, ElementsEndAtTheLimit) {
  auto list_of = [](std::uint32_t count) {
    std::string result = "l";
    for (auto shift : {24, 16, 8, 0})
      result += static_cast<char>(count >> shift);
    return result.append(count + 1, 'j');
  };
  // The list and its tail count, too.
  EXPECT_TRUE(bare(list_of(max_elements - 2)));
  EXPECT_FALSE(bare(list_of(max_elements - 1)));
}

TEST(EtfReaderTest, IntegersEndAtTheLimit) {
  auto integer = [](std::uint32_t size) {
    std::string result{
      'o', '\0', '\0', static_cast<char>(size >> 8), static_cast<char>(size),
      '\0'};
    return result.append(size, '\1');
  };
  EXPECT_TRUE(bare(integer(max_integer_bytes)));
  EXPECT_FALSE(bare(integer(max_integer_bytes + 1)));
}

TEST(EtfReaderTest, CompressedTermOfAnotherSizeIsRefused) {
  auto body = "k\0\2\1\2"sv;
  EXPECT_FALSE(read(compressed(body, 4)));
  EXPECT_FALSE(read(compressed(body, 6)));
  EXPECT_FALSE(read(compressed(body, 0)));
  EXPECT_FALSE(read(compressed(body, 0xFFFFFFFF)));
}

TEST(EtfReaderTest, CompressedBombIsRefused) {
  std::string body = "m\0\0\0\0"s;
  body.append(2 * max_bytes, '\0');
  EXPECT_FALSE(read(compressed(body, static_cast<std::uint32_t>(body.size()))));
  EXPECT_FALSE(read(compressed(body, max_bytes)));
  EXPECT_FALSE(read(compressed(body, 100)));
}

TEST(EtfReaderTest, CompressedTermInACompressedTermIsRefused) {
  auto inner = compressed("a\1"sv, 2);
  EXPECT_FALSE(
    read(compressed(inner, static_cast<std::uint32_t>(inner.size()))));
  EXPECT_FALSE(read(
    compressed(inner.substr(1), static_cast<std::uint32_t>(inner.size() - 1))));
}

TEST(EtfReaderTest, TruncatedTermsAreRefused) {
  for (const auto& x : test::goldens().sessions)
    for (const auto& [name, bytes] : x.encodings) {
      // All lengths of the small ones, some of the large ones.
      auto step = bytes.size() < 2000 ? std::size_t{1} : bytes.size() / 10;
      for (std::size_t size = 0; size < bytes.size(); size += step) {
        EXPECT_FALSE(read(std::string_view{bytes}.substr(0, size)))
          << x.name << ", " << name << ", " << size;
      }
    }
}

TEST(EtfReaderTest, ReaderAndScannerAgreeOnDamagedBytes) {
  std::minstd_rand random{7};
  auto compared = 0;
  for (const auto& x : test::goldens().sessions) {
    if (x.etf.empty())
      continue;
    for (auto i = 0; i < 300; ++i) {
      auto bytes = x.etf.substr(1);
      bytes[random() % bytes.size()] = static_cast<char>(random());
      if (i % 2 == 0)
        bytes[random() % bytes.size()] = static_cast<char>(random());
      // Only the reader sees keys that stand twice.
      if (read_bare(bytes)) {
        EXPECT_TRUE(skips(bytes)) << x.name;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 0);
}

} // namespace

} // namespace obol::etf
