#include "obol/etf/reader.hpp"
#include "obol/etf/writer.hpp"
#include "obol/internal/etf_document.hpp"
#include "obol/session_codec.hpp"
#include "obol/signature.hpp"
#include "obol/stored_session.hpp"

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <limits>

#include "golden_term.hpp"
#include "support/golden.hpp"

namespace obol {

namespace {

using test::golden_now;
using test::golden_session;
using test::goldens;
using test::term_of;

constexpr std::string_view future_version = "unknown future version 8";

/// The plain encoding; for the two large ones out of the compressed form.
std::string plain_etf(const golden_session& x) {
  if (!x.etf.empty())
    return x.etf;
  std::string buffer;
  auto body = internal::open_etf(x.encodings.back().second, buffer);
  return body ? "\x83" + std::string{*body} : "";
}

signer signer_for(std::string_view base_secret) {
  auto result = signer::make(test::golden_ring(base_secret), "charon_",
                             layout::hash_field_expiry);
  return std::move(*result);
}

etf::term record_term(const session& x) {
  return *etf::read(*encode_etf(x));
}

/// The value of a key of a record's term.
const etf::term* field(const etf::term& record, const char* name) {
  return record.get_if<etf::map>()->find(etf::atom{name});
}

user_id listed_user_id(const etf::term& x) {
  if (auto* number = x.get_if<std::int64_t>())
    return *number;
  if (auto* bytes = x.get_if<etf::binary>())
    return bytes->bytes;
  // There is one; its decimal form is in the golden data.
  return user_id::big_integer{"1180591620717411303427"};
}

/// The session of version 7 that a listed record describes.
session listed_session(const etf::term& record) {
  auto number = [&record](const char* name) {
    return *field(record, name)->get_if<std::int64_t>();
  };
  auto bytes = [&record](const char* name) {
    return field(record, name)->get_if<etf::binary>()->bytes;
  };
  session result;
  result.id = bytes("id");
  result.user_id = listed_user_id(*field(record, "user_id"));
  result.type = field(record, "type")->get_if<etf::atom>()->name;
  result.created_at = number("created_at");
  result.refreshed_at = number("refreshed_at");
  result.refresh_expires_at = number("refresh_expires_at");
  if (!field(record, "expires_at")->is_atom("infinite"))
    result.expires_at = number("expires_at");
  result.refresh_token_id = bytes("refresh_token_id");
  result.tokens_fresh_from = number("tokens_fresh_from");
  result.prev_tokens_fresh_from = number("prev_tokens_fresh_from");
  result.lock_version = number("lock_version");
  result.extra_payload
    = *extra_payload::from_etf(*etf::write(*field(record, "extra_payload")));
  return result;
}

// -- keys ---------------------------------------------------------------------

TEST(GoldenSessionsTest, DerivedKeysEqualThoseOfCharon) {
  for (const auto& x : goldens().keys) {
    auto key = derive_signing_key(x.base_secret);
    ASSERT_TRUE(key);
    EXPECT_TRUE(std::equal(
      key->bytes().begin(), key->bytes().end(), x.key.begin(), x.key.end(),
      [](auto a, char b) { return a == static_cast<unsigned char>(b); }));
  }
}

// -- signatures ---------------------------------------------------------------

TEST(GoldenSessionsTest, EveryStoredFormIsVerified) {
  auto check = [](const golden_session& x) {
    auto verifier = signer_for(x.base_secret);
    auto payload = plain_etf(x);
    for (const auto& [name, stored] : x.stored)
      EXPECT_EQ(verifier.verify(stored), verification{payload})
        << x.name << ", " << name;
  };
  for (const auto& x : goldens().sessions)
    check(x);
  for (const auto& x : goldens().written_by_3_4_1)
    if (!x.etf.empty())
      check(x);
}

TEST(GoldenSessionsTest, LargeSessionsKeepHashAndSignature) {
  auto seen = 0;
  for (const auto& x : goldens().sessions) {
    if (x.etf_sha256.empty())
      continue;
    ++seen;
    auto etf = plain_etf(x);
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(etf.data()), etf.size(),
           hash);
    EXPECT_EQ(std::string(std::begin(hash), std::end(hash)), x.etf_sha256);
    auto stored = "signed." + x.mac + "." + etf;
    EXPECT_EQ(signer_for(x.base_secret).verify(stored), verification{etf});
    for (const auto& y : goldens().written_by_3_4_1)
      if (y.name == x.name) {
        EXPECT_EQ(y.etf_sha256, x.etf_sha256);
        EXPECT_EQ(y.mac, x.mac);
      }
  }
  EXPECT_EQ(seen, 2);
}

TEST(GoldenSessionsTest, SigningGivesTheBytesCharonWrote) {
  for (const auto& x : goldens().sessions)
    for (const auto& [name, stored] : x.stored)
      if (name == "signed") {
        auto result
          = signer_for(x.base_secret).sign(x.etf, signature_format::charon);
        EXPECT_EQ(result, stored) << x.name;
      }
}

TEST(GoldenSessionsTest, AnotherBaseSecretVerifiesNothing) {
  auto verifier = signer_for("");
  for (const auto& x : goldens().sessions)
    for (const auto& [name, stored] : x.stored)
      EXPECT_EQ(verifier.verify(stored),
                verification{signature_fault::bad_signature})
        << x.name << ", " << name;
}

// -- terms --------------------------------------------------------------------

TEST(GoldenSessionsTest, EveryEncodingReadsAsTheListedTerm) {
  for (const auto& x : goldens().sessions) {
    auto expected = term_of(x.fields);
    for (const auto& [name, bytes] : x.encodings) {
      auto result = etf::read(bytes);
      ASSERT_TRUE(result) << x.name << ", " << name;
      EXPECT_EQ(*result, expected) << x.name << ", " << name;
    }
  }
}

TEST(GoldenSessionsTest, TermsOfTwoSessionsDiffer) {
  std::vector<etf::term> terms;
  for (const auto& x : goldens().sessions)
    terms.push_back(term_of(x.fields));
  for (std::size_t i = 0; i < terms.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_FALSE(terms[i] == terms[j]) << i << " and " << j;
}

TEST(GoldenSessionsTest, WrittenTermsReadBackTheSame) {
  for (const auto& x : goldens().sessions) {
    auto expected = term_of(x.fields);
    auto bytes = etf::write(expected);
    ASSERT_TRUE(bytes) << x.name;
    EXPECT_EQ(*etf::read(*bytes), expected) << x.name;
    if (!x.etf.empty()) {
      // The order of keys is the only freedom.
      EXPECT_EQ(bytes->size(), x.etf.size()) << x.name;
    }
  }
}

// -- sessions -----------------------------------------------------------------

TEST(GoldenSessionsTest, EveryEncodingDecodesToTheSameSession) {
  for (const auto& x : goldens().sessions) {
    if (x.was_refused())
      continue;
    auto expected = decode_etf(x.encodings.front().second, golden_now);
    ASSERT_TRUE(expected) << x.name;
    for (const auto& [name, bytes] : x.encodings) {
      auto result = decode_etf(bytes, golden_now);
      ASSERT_TRUE(result) << x.name << ", " << name;
      EXPECT_EQ(*result, *expected) << x.name << ", " << name;
    }
    for (const auto& y : goldens().written_by_3_4_1) {
      if (y.name == x.name && !y.etf.empty()) {
        EXPECT_EQ(*decode_etf(y.etf, golden_now), *expected) << x.name;
      }
    }
  }
}

TEST(GoldenSessionsTest, DecodedSessionsHaveTheListedFields) {
  auto compared = 0;
  for (const auto& x : goldens().sessions) {
    auto record = term_of(x.fields);
    auto* version = field(record, "version");
    if (x.was_refused() || !version || *version != etf::term{7})
      continue;
    ++compared;
    auto result = decode_etf(plain_etf(x), golden_now);
    ASSERT_TRUE(result) << x.name;
    EXPECT_EQ(*result, listed_session(record)) << x.name;
  }
  EXPECT_EQ(compared, 21);
}

TEST(GoldenSessionsTest, EncodedSessionsAreTheTermsCharonUpgradesTo) {
  for (const auto& x : goldens().sessions) {
    if (x.was_refused() || x.name == future_version)
      continue;
    auto decoded = decode_etf(plain_etf(x), golden_now);
    ASSERT_TRUE(decoded) << x.name;
    EXPECT_EQ(record_term(*decoded), term_of(x.upgraded)) << x.name;
  }
}

TEST(GoldenSessionsTest, EncodedSessionsHaveTheSizeCharonGivesThem) {
  // Same keys, same atoms, same integer forms: then only the order may differ.
  const auto& x = goldens().named("300-byte payload (bench)");
  EXPECT_EQ(encode_etf(*decode_etf(x.etf, golden_now))->size(), x.etf.size());
}

TEST(GoldenSessionsTest, ChangedTimestampLeavesEverythingElse) {
  for (const auto& x : goldens().sessions) {
    if (x.was_refused() || x.name == future_version)
      continue;
    // Given a record as Charon upgrades it,
    auto before = term_of(x.upgraded);
    auto session = decode_etf(*etf::write(before), golden_now);
    ASSERT_TRUE(session) << x.name;

    // when only one timestamp is set,
    session->refreshed_at = 1'700'000'777;
    auto after = record_term(*session);

    // then every other key has the same term as before.
    const auto& pairs = before.get_if<etf::map>()->pairs();
    EXPECT_EQ(after.get_if<etf::map>()->pairs().size(), pairs.size());
    for (const auto& [key, value] : pairs) {
      auto expected
        = key.is_atom("refreshed_at") ? etf::term{1'700'000'777} : value;
      EXPECT_EQ(*after.get_if<etf::map>()->find(key), expected) << x.name;
    }
  }
}

TEST(GoldenSessionsTest, UntouchedPayloadKeepsItsBytes) {
  for (const auto& x : goldens().sessions) {
    if (x.was_refused())
      continue;
    auto etf = plain_etf(x);
    auto decoded = decode_etf(etf, golden_now);
    ASSERT_TRUE(decoded) << x.name;
    EXPECT_NE(etf.find(decoded->extra_payload.etf()), std::string::npos)
      << x.name;
    auto again = decode_etf(*encode_etf(*decoded), golden_now);
    EXPECT_EQ(again->extra_payload.etf(), decoded->extra_payload.etf());
  }
}

TEST(GoldenSessionsTest, OldestRecordsExpireOneLifetimeFromNow) {
  using namespace std::chrono_literals;
  const auto& endless
    = goldens().named("v1 infinite (refresh_expires_at depends on now)");
  const auto& oldest = goldens().named("v0, expires_at nil (depends on now)");
  const auto& ending = goldens().named("v1 (no refresh_expires_at)");
  EXPECT_EQ(decode_etf(endless.etf, 1000, 50s)->refresh_expires_at, 1050);
  EXPECT_EQ(decode_etf(oldest.etf, 1000, 50s)->refresh_expires_at, 1050);
  // What ends earlier anyway is not prolonged.
  EXPECT_EQ(decode_etf(ending.etf, 1000, 50s)->refresh_expires_at, 1050);
  EXPECT_EQ(decode_etf(ending.etf, 1'600'000'890, 50s)->refresh_expires_at,
            1'600'000'900);
  // The sum does not wrap around.
  constexpr auto most = std::numeric_limits<unix_seconds>::max();
  EXPECT_EQ(decode_etf(endless.etf, most, 50s)->refresh_expires_at, most);
}

TEST(GoldenSessionsTest, NewerRecordKeepsItsVersion) {
  auto x = decode_etf(goldens().named(future_version).etf, golden_now);
  ASSERT_TRUE(x);
  EXPECT_EQ(x->version, 8);
  EXPECT_EQ(x->refresh_expires_at, 4'102'444'800);
  EXPECT_EQ(x->tokens_fresh_from, 1);
  EXPECT_EQ(x->prev_tokens_fresh_from, 0);
  EXPECT_EQ(x->lock_version, 0);
  EXPECT_EQ(*field(record_term(*x), "version"), etf::term{8});
}

TEST(GoldenSessionsTest, RecordWithAFieldTooManyIsRefused) {
  const auto& x = goldens().named("extra unknown field");
  EXPECT_TRUE(x.was_refused());
  for (const auto& [name, bytes] : x.encodings)
    EXPECT_FALSE(decode_etf(bytes, golden_now)) << name;
}

// -- sealer -------------------------------------------------------------------

TEST(GoldenSessionsTest, SealerOpensWhatCharonStored) {
  for (const auto& x : goldens().sessions) {
    sealing_options options;
    options.keys = test::golden_ring(x.base_secret);
    auto sealer = session_sealer::make(options);
    ASSERT_TRUE(sealer);
    for (const auto& [name, stored] : x.stored) {
      auto result = sealer->open(stored, 0);
      EXPECT_EQ(std::holds_alternative<session>(result), !x.was_refused())
        << x.name << ", " << name;
    }
  }
}

} // namespace

} // namespace obol
