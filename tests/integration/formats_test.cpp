#include "obol/etf/term.hpp"

#include <gtest/gtest.h>

#include <future>

#include "store_fixture.hpp"

// How sessions lie in the server does not show in what is read, and stores
// with different settings read each other.

namespace obol::test {

class FormatsTest : public LayoutStoreTest {
protected:
  facade store_with(payload_format payload, signature_format signature,
                    write_guard guard = write_guard::exactly_once) {
    auto x = settings();
    x.payload_format = payload;
    x.signature_format = signature;
    x.write_guard = guard;
    return ready_store(std::move(x));
  }

  std::string stored_in() {
    return is_hash() ? "charon_.426.full" : "charon_.se.426.full";
  }

  std::string stored(const std::string& id) {
    return target->command({"HGET", stored_in(), id}).text;
  }
};

OBOL_ON_EVERY_LAYOUT(FormatsTest);

TEST_P(FormatsTest, EveryFormatIsReadByStoresThatWriteAnother) {
  // Given a session in each payload format under each signature.
  std::vector<session> written;
  std::vector<facade> stores;
  for (auto payload : {payload_format::etf, payload_format::json})
    for (auto signature : {signature_format::charon, signature_format::v2}) {
      stores.push_back(store_with(payload, signature));
      auto login = new_session("s" + std::to_string(stores.size()));
      login.extra_payload = *extra_payload::from_json(R"({"n":[1,"x",null]})");
      auto answer = stores.back().upsert(login);
      ASSERT_EQ(words(answer), "ok");
      written.push_back(*answer);
    }

  // Then each lies there in its own form.
  EXPECT_EQ(stored("s1").substr(0, 7), "signed.");
  EXPECT_EQ(stored("s1").at(40), '\x83');
  EXPECT_EQ(stored("s2").substr(0, 15), "signed_v2.main.");
  EXPECT_EQ(stored("s3").at(40), '{');
  EXPECT_EQ(stored("s4").at(15 + 32 + 1), '{');

  // And every store reads and refreshes all of them.
  for (auto& store : stores)
    for (auto& login : written) {
      auto found = store.get(login.key());
      ASSERT_EQ(words(found), "ok");
      ASSERT_TRUE(*found);
      EXPECT_EQ(**found, login);
      auto answer = store.upsert(login);
      ASSERT_EQ(words(answer), "ok");
      login = *answer;
    }
}

TEST_P(FormatsTest, TermsThatJsonCannotSayAreKeptOrRefused) {
  auto login = new_session("a");
  login.extra_payload.set("t", etf::tuple{{etf::atom{"ok"}, 1}});

  auto json = store_with(payload_format::json, signature_format::charon);
  auto etf = store_with(payload_format::etf, signature_format::charon);

  EXPECT_EQ(outcome(json.upsert(login)), "invalid_argument");
  ASSERT_EQ(words(etf.upsert(login)), "ok");
  EXPECT_EQ(value(json.get(login.key())).value().extra_payload,
            login.extra_payload);
}

TEST_P(FormatsTest, CharonsGuardStoresReadsAndDeletes) {
  auto store = store_with(payload_format::etf, signature_format::charon,
                          write_guard::charon);

  auto login = store.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");
  auto refreshed = store.upsert(*login);
  ASSERT_EQ(words(refreshed), "ok");
  EXPECT_EQ(refreshed->lock_version, 2);
  EXPECT_EQ(outcome(store.upsert(*login)), "conflict");
  EXPECT_EQ(writes_in_ring("a"), 0u);
  EXPECT_EQ(value(store.remove(login->key())), 1);
  EXPECT_FALSE(value(store.get(login->key())));
}

TEST_P(FormatsTest, CharonsGuardLetsALateRefreshComeBackAsCharonDoes) {
  auto store = store_with(payload_format::etf, signature_format::charon,
                          write_guard::charon);
  auto login = store.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");
  ASSERT_EQ(words(store.remove(login->key())), "ok");

  EXPECT_EQ(words(store.upsert(*login)), "ok");
}

TEST_P(FormatsTest, ADeleteByOneGuardBindsTheOther) {
  // Given a session that a store with obol's guard has deleted.
  auto ours = store_with(payload_format::etf, signature_format::charon);
  auto charons = store_with(payload_format::etf, signature_format::charon,
                            write_guard::charon);
  auto login = ours.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");
  ASSERT_EQ(words(ours.remove(login->key())), "ok");

  // Then not even Charon's own rule brings it back.
  EXPECT_EQ(outcome(charons.upsert(*login)), "conflict");
  EXPECT_FALSE(value(charons.get(login->key())));
}

TEST_P(FormatsTest, WhatAnotherKeySignedDoesNotExistAndIsCounted) {
  auto store = store_with(payload_format::etf, signature_format::charon);
  ASSERT_EQ(words(store.upsert(new_session("a"))), "ok");
  auto x = settings();
  x.signing_key = secret{std::string(signing_key_size, 'x')};
  auto stranger = ready_store(std::move(x));

  EXPECT_FALSE(value(stranger.get(key_of("a"))));
  EXPECT_TRUE(value(stranger.get_all({some_user})).empty());
  EXPECT_EQ(stranger.status().ignored.bad_signature, 2u);
}

TEST_P(FormatsTest, OneForgedSessionAmongManyIsTheOnlyOneThatIsMissing) {
  for (auto signature : {signature_format::charon, signature_format::v2}) {
    // Given some sessions, of which somebody has changed one in the server.
    auto store = store_with(payload_format::etf, signature);
    auto name = signature == signature_format::v2 ? "v2-" : "charon-";
    std::vector<session_key> keys;
    for (int i = 0; i < 40; ++i) {
      auto login = new_session(name + std::to_string(i));
      ASSERT_EQ(words(store.upsert(login)), "ok");
      keys.push_back(login.key());
    }
    auto forged = stored(keys[17].id);
    forged.back() ^= 1;
    target->command({"HSET", stored_in(), keys[17].id, forged});

    // When all are asked for at once, so that their replies come together,
    std::vector<std::promise<bool>> found(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
      store.get(keys[i], [&, i](caf::expected<std::optional<session>> x) {
        found[i].set_value(x && *x && (*x)->id == keys[i].id);
      });

    // then this one is none,
    for (std::size_t i = 0; i < keys.size(); ++i)
      EXPECT_EQ(found[i].get_future().get(), i != 17) << i;
    // nor among those of its user.
    EXPECT_EQ(value(store.get_all({some_user})).size(), keys.size() - 1);
    EXPECT_EQ(store.status().ignored.bad_signature, 2u);
    ASSERT_EQ(words(store.remove_all({some_user})), "ok");
  }
}

TEST_P(FormatsTest, AnOlderKeyStillVerifies) {
  auto store = store_with(payload_format::etf, signature_format::v2);
  ASSERT_EQ(words(store.upsert(new_session("a"))), "ok");
  auto x = settings();
  x.signing_key = secret{std::string(signing_key_size, 'x')};
  x.signing_key_id = "next";
  x.verify_keys.push_back({"main", secret{std::string(signing_key_size, 'k')}});
  auto rotated = ready_store(std::move(x));

  EXPECT_TRUE(value(rotated.get(key_of("a"))));
}

} // namespace obol::test
