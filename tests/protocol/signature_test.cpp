#include "obol/error.hpp"
#include "obol/signature.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace obol {

namespace {

signing_key key_of(char fill) {
  return std::move(*signing_key::from_bytes(std::string(32, fill)));
}

signer signer_of(std::shared_ptr<const key_ring> keys,
                 std::string_view prefix = "charon_",
                 layout kind = layout::hash_field_expiry) {
  return std::move(*signer::make(std::move(keys), prefix, kind));
}

std::shared_ptr<const key_ring> ring(key_ring::member signing) {
  return *key_ring::make(std::move(signing));
}

std::shared_ptr<const key_ring> ring(key_ring::member signing,
                                     key_ring::member verifying) {
  std::vector<key_ring::member> others;
  others.push_back(std::move(verifying));
  return *key_ring::make(std::move(signing), std::move(others));
}

/// Verifies it alone, and among others of which each must come out right.
verification verify(signer& x, std::string_view stored) {
  auto alone = x.verify(stored);
  auto format
    = x.verify(x.sign("", signature_format::charon)) == verification{""}
        ? signature_format::charon
        : signature_format::v2;
  std::vector<std::string> others;
  for (std::size_t i = 0; i < 18; ++i)
    others.push_back(x.sign(std::string(i * 50, 'o'), format));
  std::vector<signed_bytes> all;
  for (auto& other : others) {
    all.emplace_back(other);
    all.emplace_back(stored);
  }
  x.check(all);
  for (std::size_t i = 0; i < others.size(); ++i) {
    EXPECT_EQ(x.verify(all[2 * i]), verification{all[2 * i].bytes().substr(
                                      others[i].size() - i * 50)});
    EXPECT_EQ(x.verify(all[2 * i + 1]), alone);
  }
  return alone;
}

verification verified(std::string_view payload) {
  return payload;
}

verification refused(signature_fault fault) {
  return fault;
}

constexpr signature_format formats[]
  = {signature_format::charon, signature_format::v2};

// -- keys ---------------------------------------------------------------------

TEST(SigningKeyTest, TakesExactly32Bytes) {
  EXPECT_TRUE(signing_key::from_bytes(std::string(32, 'k')));
  EXPECT_FALSE(signing_key::from_bytes(std::string(31, 'k')));
  EXPECT_FALSE(signing_key::from_bytes(std::string(33, 'k')));
  EXPECT_FALSE(signing_key::from_bytes(""));
}

TEST(SigningKeyTest, IsWipedWhenMovedAway) {
  auto from = key_of('k');
  auto to = std::move(from);
  EXPECT_EQ(to.bytes()[31], 'k');
  EXPECT_EQ(from.bytes(), signing_key::bytes_type{});
}

TEST(SigningKeyTest, CannotBeCopied) {
  EXPECT_FALSE(std::is_copy_constructible_v<signing_key>);
  EXPECT_FALSE(std::is_copy_assignable_v<signing_key>);
}

TEST(SigningKeyTest, OverlongBaseSecretIsRefused) {
  auto result = derive_signing_key(std::string(max_base_secret_bytes + 1, 's'));
  ASSERT_FALSE(result);
  EXPECT_EQ(code_of(result.error()), ec::invalid_argument);
}

TEST(KeyRingTest, KeyIdHasOneToEightPlainCharacters) {
  for (auto id : {"a", "12345678", "A-z_9"})
    EXPECT_TRUE(key_ring::make({id, key_of('k')})) << id;
  for (auto id : {"", "123456789", "a.b", "a b", "\xC3\xA9"})
    EXPECT_FALSE(key_ring::make({id, key_of('k')})) << id;
}

TEST(KeyRingTest, KeyIdTwiceIsRefused) {
  std::vector<key_ring::member> others;
  others.push_back({"a", key_of('2')});
  EXPECT_FALSE(key_ring::make({"a", key_of('1')}, std::move(others)));
}

TEST(KeyRingTest, HoldsSixteenKeysBesideTheSigningOne) {
  auto others = [](int count) {
    std::vector<key_ring::member> result;
    for (auto i = 0; i < count; ++i)
      result.push_back({std::to_string(i), key_of('k')});
    return result;
  };
  auto full = key_ring::make({"s", key_of('k')}, others(16));
  ASSERT_TRUE(full);
  EXPECT_EQ((*full)->size(), 17u);
  EXPECT_EQ((*full)->key_id(16), "15");
  EXPECT_FALSE(key_ring::make({"s", key_of('k')}, others(17)));
}

// -- forms --------------------------------------------------------------------

TEST(SignatureTest, SignedPayloadIsVerified) {
  auto x = signer_of(key_ring::of(key_of('k')));
  for (auto format : formats)
    for (std::string_view payload : {"payload", "", ".", "signed."}) {
      auto stored = x.sign(payload, format);
      EXPECT_EQ(verify(x, stored), verified(payload));
      // Once more, since contexts are reused.
      EXPECT_EQ(verify(x, stored), verified(payload));
    }
}

TEST(SignatureTest, FormsLookAsDocumented) {
  auto x = signer_of(ring({"k7", key_of('k')}));
  auto charon = x.sign("pay", signature_format::charon);
  EXPECT_EQ(charon.substr(0, 7), "signed.");
  EXPECT_EQ(charon.substr(7 + 32), ".pay");
  auto v2 = x.sign("pay", signature_format::v2);
  EXPECT_EQ(v2.substr(0, 13), "signed_v2.k7.");
  EXPECT_EQ(v2.substr(13 + 32), ".pay");
}

TEST(SignatureTest, SignedSideBySideIsTheSameAsAlone) {
  auto x = signer_of(ring({"k7", key_of('k')}));
  for (auto format : formats)
    for (std::size_t count : {0u, 1u, 2u, 16u, 17u, 40u}) {
      std::vector<std::string> payloads;
      for (std::size_t i = 0; i < count; ++i)
        payloads.emplace_back(i % 5 == 4 ? 4080 + i : i * 37, 'p');
      std::vector<std::string> stored(count);
      std::vector<std::string*> all;
      for (std::size_t i = 0; i < count; ++i) {
        x.put_head(stored[i], format);
        stored[i] += payloads[i];
        all.push_back(&stored[i]);
      }
      x.sign(all, format);
      for (std::size_t i = 0; i < count; ++i) {
        EXPECT_EQ(stored[i], x.sign(payloads[i], format)) << i << '/' << count;
        EXPECT_EQ(verify(x, stored[i]), verified(payloads[i]));
      }
    }
}

TEST(SignatureTest, ChangedByteIsRefused) {
  auto x = signer_of(key_ring::of(key_of('k')));
  for (auto format : formats) {
    auto stored = x.sign("some payload", format);
    for (std::size_t i = 0; i < stored.size(); ++i)
      for (auto bit : {0x01, 0x20, 0x80}) {
        auto changed = stored;
        changed[i] = static_cast<char>(changed[i] ^ bit);
        EXPECT_TRUE(std::holds_alternative<signature_fault>(verify(x, changed)))
          << i;
      }
  }
}

TEST(SignatureTest, LongPayloadsAreVerifiedAmongOthersToo) {
  auto x = signer_of(key_ring::of(key_of('k')));
  for (auto format : formats)
    for (std::size_t size : {4095u, 4096u, 4097u, 100'000u}) {
      std::string payload(size, 'p');
      auto stored = x.sign(payload, format);
      EXPECT_EQ(verify(x, stored), verified(payload));
      stored.back() = 'q';
      EXPECT_EQ(verify(x, stored), refused(signature_fault::bad_signature));
    }
}

TEST(SignatureTest, ShortenedBytesAreRefused) {
  auto x = signer_of(key_ring::of(key_of('k')));
  for (auto format : formats) {
    auto stored = x.sign("some payload", format);
    for (std::size_t size = 0; size < stored.size(); ++size)
      EXPECT_TRUE(std::holds_alternative<signature_fault>(
        verify(x, std::string_view{stored}.substr(0, size))));
    EXPECT_TRUE(
      std::holds_alternative<signature_fault>(verify(x, stored + "x")));
  }
}

TEST(SignatureTest, ReasonSaysWhatIsWrong) {
  auto x = signer_of(key_ring::of(key_of('k')));
  auto fault = [&x](std::string_view stored) {
    return std::get<signature_fault>(verify(x, stored));
  };
  EXPECT_EQ(fault(""), signature_fault::unknown_format);
  EXPECT_EQ(fault("{\"id\":1}"), signature_fault::unknown_format);
  EXPECT_EQ(fault("signed_v3.1."), signature_fault::unknown_format);
  EXPECT_EQ(fault("signed.abc"), signature_fault::too_short);
  EXPECT_EQ(fault("signed_u64.abc"), signature_fault::too_short);
  EXPECT_EQ(fault("signed_v2.1"), signature_fault::too_short);
  EXPECT_EQ(fault("signed_v2.1.abc"), signature_fault::too_short);
  EXPECT_EQ(fault("signed_v2.123456789.abc"), signature_fault::unknown_key);
  EXPECT_EQ(fault("signed_v2.2." + std::string(32, 'm') + ".x"),
            signature_fault::unknown_key);
  EXPECT_EQ(fault("signed_v2.1." + std::string(32, 'm') + ".x"),
            signature_fault::bad_signature);
  EXPECT_EQ(fault("signed." + std::string(32, 'm') + ".x"),
            signature_fault::bad_signature);
  EXPECT_EQ(fault("signed." + std::string(32, 'm') + "xx"),
            signature_fault::bad_signature);
  EXPECT_EQ(fault("signed_u64." + std::string(43, '+') + ".x"),
            signature_fault::bad_signature);
}

TEST(SignatureTest, StrayBitsOfTheLastCharacterAreAccepted) {
  // Given HMAC-SHA256 of "payload" with 32 times "k" in the text form, whose
  // last character ends in two bits that belong to no byte,
  auto x = signer_of(key_ring::of(key_of('k')));
  auto mac = x.sign("payload", signature_format::charon).substr(7, 32);
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "abcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  for (std::size_t i = 0; i < 43; ++i) {
    unsigned value = 0;
    for (auto bit = i * 6; bit < i * 6 + 6; ++bit) {
      auto byte = bit / 8 < 32 ? static_cast<unsigned char>(mac[bit / 8]) : 0u;
      value = value << 1 | ((byte >> (7 - bit % 8)) & 1);
    }
    text += digits[value];
  }
  auto last = digits.find(text.back());
  ASSERT_EQ(last % 4, 0u);

  // when these bits are set,
  for (std::size_t stray = 0; stray < 4; ++stray) {
    text.back() = digits[last + stray];

    // then it is verified all the same.
    EXPECT_EQ(verify(x, "signed_u64." + text + ".payload"),
              verified("payload"));
  }
  text.back() = digits[(last + 4) % 64];
  EXPECT_EQ(verify(x, "signed_u64." + text + ".payload"),
            refused(signature_fault::bad_signature));
}

// -- rings --------------------------------------------------------------------

TEST(SignatureTest, FormerKeyStillVerifies) {
  auto before = signer_of(ring({"1", key_of('1')}));
  auto after = signer_of(ring({"2", key_of('2')}, {"1", key_of('1')}));
  for (auto format : formats) {
    auto stored = before.sign("payload", format);
    EXPECT_EQ(verify(after, stored), verified("payload"));
    EXPECT_NE(after.sign("payload", format), stored);
  }
}

TEST(SignatureTest, RetiredKeyVerifiesNothing) {
  auto before = signer_of(ring({"1", key_of('1')}));
  auto after = signer_of(ring({"2", key_of('2')}));
  EXPECT_EQ(verify(after, before.sign("p", signature_format::v2)),
            refused(signature_fault::unknown_key));
  EXPECT_EQ(verify(after, before.sign("p", signature_format::charon)),
            refused(signature_fault::bad_signature));
}

TEST(SignatureTest, KeyNotMeantForCharonFormsDoesNotVerifyThem) {
  auto charon = signer_of(ring({"1", key_of('1')}));
  auto strict = signer_of(ring({"1", key_of('1'), false}));
  EXPECT_EQ(verify(strict, charon.sign("p", signature_format::charon)),
            refused(signature_fault::bad_signature));
  EXPECT_EQ(verify(strict, charon.sign("p", signature_format::v2)),
            verified("p"));
}

TEST(SignatureTest, SameKeyUnderAnotherIdIsAnotherKey) {
  auto one = signer_of(ring({"1", key_of('k')}));
  auto both = signer_of(ring({"2", key_of('k')}, {"1", key_of('x')}));
  EXPECT_EQ(verify(both, one.sign("p", signature_format::v2)),
            refused(signature_fault::bad_signature));
}

TEST(SignatureTest, SecondFormBindsPrefixAndLayout) {
  auto keys = key_ring::of(key_of('k'));
  auto x = signer_of(keys);
  auto other_prefix = signer_of(keys, "other_");
  auto other_layout = signer_of(keys, "charon_", layout::three_set);
  auto v2 = x.sign("p", signature_format::v2);
  EXPECT_EQ(verify(other_prefix, v2), refused(signature_fault::bad_signature));
  EXPECT_EQ(verify(other_layout, v2), refused(signature_fault::bad_signature));
  auto charon = x.sign("p", signature_format::charon);
  EXPECT_EQ(verify(other_prefix, charon), verified("p"));
}

TEST(SignatureTest, FormsDoNotVerifyAsEachOther) {
  auto x = signer_of(key_ring::of(key_of('k')));
  auto mac = x.sign("p", signature_format::charon).substr(7, 32);
  EXPECT_EQ(verify(x, "signed_v2.1." + mac + ".p"),
            refused(signature_fault::bad_signature));
}

TEST(SignatureTest, SignerNeedsKeysAndADefiniteLayout) {
  EXPECT_FALSE(signer::make(nullptr, "p", layout::three_set));
  EXPECT_FALSE(signer::make(key_ring::of(key_of('k')), "p", layout::automatic));
}

} // namespace

} // namespace obol
