#include "obol/error.hpp"
#include "obol/etf/writer.hpp"
#include "obol/extra_payload.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/deep_to_string.hpp>
#include <gtest/gtest.h>

namespace obol {

namespace {

using namespace std::string_literals;

/// `%{"a" => :x, "b" => {1, 2}, :b => 3}` with encodings that obol would not
/// choose.
const std::string foreign = "t\0\0\0\3"
                            "m\0\0\0\1a"
                            "d\0\1x"
                            "m\0\0\0\1b"
                            "i\0\0\0\2a\1n\1\0\2"
                            "w\1b"
                            "o\0\0\0\1\0\3"s;

TEST(ExtraPayloadTest, DefaultIsTheEmptyMap) {
  extra_payload x;
  EXPECT_TRUE(x.empty());
  EXPECT_EQ(x.etf(), "t\0\0\0\0"s);
  EXPECT_EQ(*x.to_json(), "{}");
}

TEST(ExtraPayloadTest, BytesAreKeptAsTheyCame) {
  auto x = extra_payload::from_etf(foreign);
  ASSERT_TRUE(x);
  EXPECT_EQ(x->etf(), foreign);
  EXPECT_EQ(extra_payload::from_etf("\x83" + foreign)->etf(), foreign);
}

TEST(ExtraPayloadTest, AnythingButOneMapIsRefused) {
  EXPECT_FALSE(extra_payload::from_etf(""));
  EXPECT_FALSE(extra_payload::from_etf("\x83"));
  EXPECT_FALSE(extra_payload::from_etf("j"));
  EXPECT_FALSE(extra_payload::from_etf(foreign + "x"));
  EXPECT_FALSE(extra_payload::from_etf(foreign.substr(0, 20)));
  EXPECT_FALSE(extra_payload::from_etf("t\0\0\0\2a\1a\1a\1a\2"s));
}

TEST(ExtraPayloadTest, SetLeavesTheBytesOfOtherPairs) {
  // Given a payload in another system's encoding,
  auto x = *extra_payload::from_etf(foreign);

  // when one value is replaced and one added,
  ASSERT_FALSE(x.set("b", etf::term{"new"}));
  ASSERT_FALSE(x.set("c", etf::term{4}));

  // then the other pairs stand there byte for byte.
  EXPECT_EQ(x.etf(), "t\0\0\0\4"
                     "m\0\0\0\1a"
                     "d\0\1x"
                     "m\0\0\0\1b"
                     "m\0\0\0\3new"
                     "w\1b"
                     "o\0\0\0\1\0\3"
                     "m\0\0\0\1c"
                     "a\4"s);
  EXPECT_EQ(x.find("b"), etf::term{"new"});
}

TEST(ExtraPayloadTest, EraseLeavesTheBytesOfOtherPairs) {
  auto x = *extra_payload::from_etf(foreign);
  EXPECT_TRUE(x.erase("a"));
  EXPECT_FALSE(x.erase("a"));
  EXPECT_EQ(x.etf(), "t\0\0\0\2"s + foreign.substr(15));
  EXPECT_TRUE(x.erase("b"));
  EXPECT_FALSE(x.erase("b"));
  EXPECT_FALSE(x.empty());
}

TEST(ExtraPayloadTest, FindsBinaryKeysOnly) {
  auto x = *extra_payload::from_etf(foreign);
  EXPECT_EQ(x.find("b"), (etf::term{etf::tuple{{etf::term{1}, etf::term{2}}}}));
  EXPECT_FALSE(x.find("c"));
  EXPECT_FALSE(x.find(""));
}

TEST(ExtraPayloadTest, ValueBeyondTheLimitsChangesNothing) {
  extra_payload x;
  etf::term deep;
  for (std::size_t i = 0; i < etf::max_depth; ++i)
    deep = etf::list{{deep}};
  EXPECT_EQ(code_of(x.set("k", deep)), ec::invalid_argument);
  EXPECT_EQ(code_of(x.set("k", std::string(etf::max_bytes, 'x'))),
            ec::invalid_argument);
  EXPECT_TRUE(x.empty());
  EXPECT_FALSE(x.set("k", *deep.get_if<etf::list>()->items.begin()));
  EXPECT_TRUE(x.term());
}

TEST(ExtraPayloadTest, EqualityIsThatOfTheTerms) {
  auto x = *extra_payload::from_etf(foreign);
  auto y = *extra_payload::from_etf(etf::write(*x.term())->substr(1));
  EXPECT_NE(x.etf(), y.etf());
  EXPECT_EQ(x, y);
  ASSERT_TRUE(y.erase("a"));
  EXPECT_FALSE(x == y);
}

// -- JSON ---------------------------------------------------------------------

TEST(ExtraPayloadTest, JsonComesBackAsItWent) {
  auto text = R"({"a":[1,-2,2.5,"x\"\u0001é",null,true,{"b":{}}],)"
              R"("big":18446744073709551615,"z":1.0})"s;
  auto x = extra_payload::from_json(text);
  ASSERT_TRUE(x);
  auto again = extra_payload::from_json(*x->to_json());
  ASSERT_TRUE(again);
  EXPECT_EQ(*x, *again);
  EXPECT_EQ(x->find("z"), etf::term{1.0});
  EXPECT_EQ(x->find("a")->get_if<etf::list>()->items[4], etf::term::nil());
}

TEST(ExtraPayloadTest, JsonThatIsNoObjectIsRefused) {
  for (auto text : {"", "1", "[]", "{", "{}x", "{\"a\":1,\"a\":2}",
                    "{\"a\":1e999}", "{\"a\":\"\xFF\"}", "{'a':1}"})
    EXPECT_FALSE(extra_payload::from_json(text)) << text;
}

TEST(ExtraPayloadTest, DeepJsonIsRefused) {
  auto deep = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + "1.5" + std::string(depth, ']')
           + "}";
  };
  EXPECT_TRUE(extra_payload::from_json(deep(etf::max_depth - 1)));
  EXPECT_FALSE(extra_payload::from_json(deep(etf::max_depth)));
  EXPECT_FALSE(extra_payload::from_json(deep(1'000'000)));
  EXPECT_FALSE(
    extra_payload::from_json("{\"a\":" + std::string(1'000'000, '[')));
}

TEST(ExtraPayloadTest, JsonThatNoTermCanHoldIsRefused) {
  // An inner list is two elements in JSON, and three in a term.
  auto text = [](int count) {
    std::string result = "{\"a\":[[[]]";
    for (auto i = 1; i < count; ++i)
      result += ",[[]]";
    return result + "]}";
  };
  auto fitting = extra_payload::from_json(text(80'000));
  ASSERT_TRUE(fitting);
  EXPECT_TRUE(fitting->term());
  EXPECT_FALSE(extra_payload::from_json(text(100'000)));
}

TEST(ExtraPayloadTest, JsonThatNoTermCanHoldIsNotWritten) {
  // Given three lists whose ends are strings of bytes, as obol would not write
  // them, and many short ones,
  std::string bytes = "t\0\0\0\1m\0\0\0\1kl\0\0\x7D\3"s;
  for (auto i = 0; i < 3; ++i)
    bytes += "l\0\0\0\1a\0k\xFF\xFF"s + std::string(0xFFFF, '\1');
  for (auto i = 0; i < 32'000; ++i)
    bytes += "l\0\0\0\1jj"s;
  auto x = extra_payload::from_etf(bytes + 'j');
  ASSERT_TRUE(x);

  // when they are few enough for JSON, but not for the term made of it, then
  // they are not written.
  auto json = x->to_json();
  ASSERT_FALSE(json);
  EXPECT_EQ(code_of(json.error()), ec::invalid_argument);
}

TEST(ExtraPayloadTest, WhatJsonCannotSayIsAnError) {
  for (const auto& value :
       {etf::term{etf::atom{"x"}}, etf::term{etf::tuple{}}, etf::term{"\xFF"},
        etf::term::cons({etf::term{1}}, etf::term{2}),
        etf::term{etf::bitstring{"\x80", 1}},
        etf::term::integer(true, std::string(8, '\xFF')),
        etf::term{*etf::map::from_pairs({{etf::term{1}, etf::term{2}}})}}) {
    extra_payload x;
    ASSERT_FALSE(x.set("k", value));
    auto json = x.to_json();
    ASSERT_FALSE(json);
    EXPECT_EQ(code_of(json.error()), ec::invalid_argument);
  }
}

// -- messages -----------------------------------------------------------------

class ExtraPayloadMessageTest : public testing::Test {
protected:
  caf::error load(const std::string& bytes, extra_payload& x) {
    caf::binary_serializer::container_type buffer;
    caf::binary_serializer sink{system_, buffer};
    auto copy = bytes;
    EXPECT_FALSE(sink(copy));
    caf::binary_deserializer source{system_, buffer};
    return source(x);
  }

  caf::actor_system_config config_;
  caf::actor_system system_{config_};
};

TEST_F(ExtraPayloadMessageTest, CrossesTheWireByteForByte) {
  extra_payload x;
  EXPECT_FALSE(load(foreign, x));
  EXPECT_EQ(x.etf(), foreign);
}

TEST_F(ExtraPayloadMessageTest, MalformedBytesFromAnotherNodeAreRefused) {
  for (auto bytes : {""s, "t"s, "j"s, "t\0\0\0\1"s, foreign + "j"}) {
    extra_payload x;
    EXPECT_TRUE(load(bytes, x));
    EXPECT_TRUE(x.empty());
  }
}

TEST_F(ExtraPayloadMessageTest, PrintingShowsNoContent) {
  extra_payload x;
  ASSERT_FALSE(x.set("planted", etf::term{"planted"}));
  EXPECT_EQ(caf::deep_to_string(x).find("planted"), std::string::npos);
}

} // namespace

} // namespace obol
