#include "obol/error.hpp"
#include "obol/etf/reader.hpp"
#include "obol/etf/writer.hpp"
#include "obol/session_codec.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "support/golden.hpp"

namespace obol {

namespace {

using namespace std::string_literals;

session example() {
  session x;
  x.id = "id-1";
  x.user_id = 426;
  x.created_at = 1'700'000'000;
  x.refreshed_at = 1'700'000'100;
  x.refresh_expires_at = 4'102'444'800;
  x.refresh_token_id = "token";
  x.tokens_fresh_from = 5;
  x.prev_tokens_fresh_from = 4;
  x.lock_version = 3;
  x.extra_payload = *extra_payload::from_json(R"({"roles":["admin"]})");
  return x;
}

using pairs_type = std::vector<etf::map::pair>;

pairs_type example_pairs() {
  return etf::read(*encode_etf(example()))->get_if<etf::map>()->pairs();
}

caf::expected<session> decode(pairs_type pairs) {
  auto map = etf::map::from_pairs(std::move(pairs));
  return decode_etf(*etf::write(std::move(*map)), 0);
}

etf::term& value_of(pairs_type& pairs, const char* name) {
  for (auto& [key, value] : pairs)
    if (key.is_atom(name))
      return value;
  pairs.emplace_back(etf::atom{name}, etf::term{});
  return pairs.back().second;
}

void drop(pairs_type& pairs, const char* name) {
  std::erase_if(pairs, [&](const auto& x) { return x.first.is_atom(name); });
}

// -- Erlang terms -------------------------------------------------------------

TEST(SessionCodecTest, SessionComesBackAsItWent) {
  auto x = example();
  EXPECT_EQ(*decode_etf(*encode_etf(x), 0), x);
  x.expires_at = -1;
  x.user_id = "";
  x.type = "t\xC3\xBFpe";
  x.lock_version = std::numeric_limits<std::int64_t>::max();
  x.created_at = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(*decode_etf(*encode_etf(x), 0), x);
  x.user_id = user_id::big_integer{"-18446744073709551616"};
  EXPECT_EQ(*decode_etf(*encode_etf(x), 0), x);
}

TEST(SessionCodecTest, RecordIsPutBehindOtherBytes) {
  std::string out = "head.";
  EXPECT_FALSE(put_etf(out, example()));
  EXPECT_EQ(out, "head." + *encode_etf(example()));
}

TEST(SessionCodecTest, RecordHasTheKeysAndTypesOfCharon) {
  auto record = *etf::read(*encode_etf(example()));
  auto& map = *record.get_if<etf::map>();
  EXPECT_EQ(map.pairs().size(), 14u);
  auto at = [&map](const char* name) { return *map.find(etf::atom{name}); };
  EXPECT_EQ(at("__struct__"),
            etf::term{etf::atom{"Elixir.Charon.Models.Session"}});
  EXPECT_EQ(at("type"), etf::term{etf::atom{"full"}});
  EXPECT_EQ(at("id"), etf::term{"id-1"});
  EXPECT_EQ(at("user_id"), etf::term{426});
  EXPECT_EQ(at("expires_at"), etf::term{etf::atom{"infinite"}});
  EXPECT_EQ(at("version"), etf::term{7});
}

TEST(SessionCodecTest, MissingFieldIsNamed) {
  for (auto name : {"id", "user_id", "type", "created_at", "refreshed_at",
                    "refresh_expires_at", "expires_at", "refresh_token_id",
                    "tokens_fresh_from", "prev_tokens_fresh_from",
                    "lock_version", "extra_payload"}) {
    auto pairs = example_pairs();
    drop(pairs, name);
    auto result = decode(pairs);
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(code_of(result.error()), ec::invalid_argument);
    EXPECT_NE(describe(result.error()).find(name), std::string::npos) << name;
  }
}

TEST(SessionCodecTest, FieldOfAnotherTypeIsNamed) {
  const etf::term wrong{etf::tuple{}};
  for (const auto& [key, value] : example_pairs()) {
    auto name = key.get_if<etf::atom>()->name;
    auto pairs = example_pairs();
    value_of(pairs, name.c_str()) = wrong;
    auto result = decode(pairs);
    ASSERT_FALSE(result) << name;
    EXPECT_NE(describe(result.error()).find(name), std::string::npos) << name;
  }
}

TEST(SessionCodecTest, NearMissesOfTypesAreRefused) {
  auto refused = [](const char* name, etf::term value) {
    auto pairs = example_pairs();
    value_of(pairs, name) = std::move(value);
    return !decode(pairs);
  };
  EXPECT_TRUE(refused("created_at", 1.0));
  EXPECT_TRUE(refused("created_at", etf::term::integer(false, "123456789")));
  EXPECT_TRUE(refused("expires_at", etf::term::nil()));
  EXPECT_TRUE(refused("expires_at", "infinite"));
  EXPECT_TRUE(refused("type", "full"));
  EXPECT_TRUE(refused("user_id", etf::atom{"nil"}));
  EXPECT_TRUE(
    refused("user_id", etf::term::integer(false, std::string(65, 1))));
  EXPECT_TRUE(refused("extra_payload", etf::list{}));
  EXPECT_TRUE(refused("__struct__", etf::atom{"Elixir.Other"}));
  EXPECT_TRUE(refused("version", -1));
  EXPECT_TRUE(refused("surprise", 1));
  EXPECT_TRUE(refused("t_gen_fresh_at", 1));
  EXPECT_TRUE(refused("refresh_tokens", etf::list{}));
}

TEST(SessionCodecTest, KeysThatAreNoAtomsAreRefused) {
  auto pairs = example_pairs();
  pairs.emplace_back("id", 1);
  EXPECT_FALSE(decode(pairs));
}

TEST(SessionCodecTest, FieldTwiceIsRefused) {
  auto bytes = *encode_etf(example());
  bytes[5] = 15;
  EXPECT_FALSE(decode_etf(bytes + "w\2idm\0\0\0\1x"s, 0));
}

TEST(SessionCodecTest, EmptyTokenListMeansAnUnknownToken) {
  auto pairs = example_pairs();
  value_of(pairs, "version") = 3;
  drop(pairs, "refresh_token_id");
  EXPECT_EQ(decode(pairs)->refresh_token_id, "unknown");
  value_of(pairs, "refresh_tokens") = etf::list{};
  EXPECT_EQ(decode(pairs)->refresh_token_id, "unknown");
  value_of(pairs, "refresh_tokens") = etf::list{{etf::term{1}}};
  EXPECT_FALSE(decode(pairs));
}

TEST(SessionCodecTest, MapWithoutAnyFieldIsRefused) {
  EXPECT_FALSE(decode({}));
  EXPECT_FALSE(decode_etf("\x83j", 0));
  EXPECT_FALSE(decode_etf("", 0));
  EXPECT_FALSE(decode_etf("\x83t\xFF\xFF\xFF\xFF"s, 0));
}

TEST(SessionCodecTest, TruncatedRecordsAreRefused) {
  for (const auto& x : test::goldens().sessions)
    for (std::size_t size = 0; size < x.etf.size(); ++size)
      EXPECT_FALSE(decode_etf(std::string_view{x.etf}.substr(0, size), 0));
}

TEST(SessionCodecTest, DamagedRecordsNeverGiveAPayloadThatCannotBeWritten) {
  std::minstd_rand random{11};
  auto decoded = 0;
  for (const auto& x : test::goldens().sessions) {
    for (auto i = 0; i < 500 && !x.etf.empty(); ++i) {
      auto bytes = x.etf;
      bytes[random() % bytes.size()] = static_cast<char>(random());
      auto result = decode_etf(bytes, 0);
      if (!result)
        continue;
      ++decoded;
      auto again = decode_etf(*encode_etf(*result), 0);
      ASSERT_TRUE(again) << x.name;
      EXPECT_EQ(again->extra_payload.etf(), result->extra_payload.etf());
    }
  }
  EXPECT_GT(decoded, 0);
}

TEST(SessionCodecTest, WhatErlangCannotSayIsAnError) {
  auto x = example();
  x.type = std::string(256, 't');
  EXPECT_FALSE(encode_etf(x));
  x.type = "\xFF";
  EXPECT_FALSE(encode_etf(x));
  x = example();
  for (auto text : {"", "-", "12x", "7", "+99999999999999999999"}) {
    x.user_id = user_id::big_integer{text};
    EXPECT_FALSE(encode_etf(x)) << text;
  }
}

// -- JSON ---------------------------------------------------------------------

/// A session with lists of small integers. In an Erlang term a list of up to
/// 65,535 of them is one element, whatever its size.
session with_byte_lists(int count, std::size_t size) {
  auto x = example();
  x.extra_payload = extra_payload{};
  etf::term bytes{etf::list{std::vector<etf::term>(size, etf::term{1})}};
  for (auto i = 0; i < count; ++i)
    EXPECT_FALSE(x.extra_payload.set(std::to_string(i), bytes));
  return x;
}

TEST(SessionCodecTest, JsonSessionComesBackAsItWent) {
  auto x = example();
  EXPECT_EQ(*decode_json(*encode_json(x)), x);
  x.expires_at = 77;
  x.user_id = "426";
  EXPECT_EQ(*decode_json(*encode_json(x)), x);
  EXPECT_EQ(encode_json(x)->front(), '{');
}

TEST(SessionCodecTest, JsonThatCouldNotBeReadAgainIsNotWritten) {
  auto x = with_byte_lists(5, 60'000);
  EXPECT_EQ(*decode_etf(*encode_etf(x), 0), x);
  auto json = encode_json(x);
  ASSERT_FALSE(json);
  EXPECT_EQ(code_of(json.error()), ec::invalid_argument);
  EXPECT_NE(describe(json.error()).find("extra_payload"), std::string::npos);

  auto fitting = with_byte_lists(4, 60'000);
  EXPECT_EQ(*decode_json(*encode_json(fitting)), fitting);
}

TEST(SessionCodecTest, JsonIsWrittenUpToWhatItsReaderTakes) {
  auto with_names = [](std::size_t count) {
    std::string text = "{\"0\":0";
    for (std::size_t i = 1; i < count; ++i)
      text += ",\"" + std::to_string(i) + "\":0";
    auto x = example();
    x.extra_payload = *extra_payload::from_json(text + '}');
    return x;
  };
  // A name and a value each; the payload, 26 elements around it, and one that
  // the reader needs to spare.
  constexpr auto most = (etf::max_elements - 28) / 2;
  auto x = with_names(most);
  auto json = encode_json(x);
  ASSERT_TRUE(json);
  auto again = decode_json(*json);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, x);
  EXPECT_FALSE(encode_json(with_names(most + 1)));
}

TEST(SessionCodecTest, JsonNeedsEveryField) {
  EXPECT_FALSE(decode_json(R"({"id":"a","user_id":1,"refresh_expires_at":9})"));
  EXPECT_FALSE(decode_json("{}"));
  EXPECT_FALSE(decode_json("[]"));
  EXPECT_FALSE(decode_json(""));
}

TEST(SessionCodecTest, WhatJsonCannotSayIsAnError) {
  auto code = [](const session& x) { return code_of(encode_json(x).error()); };
  auto x = example();
  x.id = "\xFF";
  EXPECT_EQ(code(x), ec::invalid_argument);
  x = example();
  x.user_id = user_id::big_integer{"18446744073709551616"};
  EXPECT_EQ(code(x), ec::invalid_argument);
  x = example();
  ASSERT_FALSE(x.extra_payload.set("k", etf::tuple{}));
  EXPECT_EQ(code(x), ec::invalid_argument);
}

} // namespace

} // namespace obol
