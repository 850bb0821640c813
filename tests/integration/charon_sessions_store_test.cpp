#include "obol/etf/reader.hpp"
#include "obol/validation.hpp"

#include <gmock/gmock.h>

#include <map>
#include <optional>

#include "charon_records.hpp"
#include "store_fixture.hpp"

// Sessions that Charon wrote are read and refreshed by a store, and what the
// store writes is what Charon would.

namespace obol::test {

class CharonSessionsStoreTest : public LayoutStoreTest {
protected:
  facade store_for(std::string_view base_secret) {
    auto x = settings();
    x.signing_key = secret{golden_key_bytes(base_secret)};
    return ready_store(std::move(x));
  }

  /// Stores bytes as Charon does; records before version 7 have no lock.
  void put(const session& x, const std::string& stored, bool with_lock) {
    auto expiry = std::to_string(x.refresh_expires_at);
    auto owner = x.user_id.text() + "." + x.type;
    auto lock = std::to_string(x.lock_version);
    auto run = [this](std::vector<std::string> words) {
      EXPECT_FALSE(target->command(words).is_error());
    };
    if (is_hash()) {
      auto key = "charon_." + owner;
      run({"HSETEX", key, "EXAT", expiry, "FIELDS", "1", x.id, stored});
      if (with_lock)
        run({"HSETEX", key, "EXAT", expiry, "FIELDS", "1", "l." + x.id, lock});
      return;
    }
    run({"HSET", "charon_.se." + owner, x.id, stored});
    run({"ZADD", "charon_.e." + owner, expiry, x.id});
    if (with_lock)
      run({"HSET", "charon_.l." + owner, x.id, lock});
    for (auto* infix : {"se.", "e.", "l."})
      run({"EXPIREAT", std::string{"charon_."} + infix + owner, expiry});
  }

  std::string stored(const session_key& key) {
    auto owner = key.user_id.text() + "." + key.type;
    auto name = std::string{is_hash() ? "charon_." : "charon_.se."} + owner;
    return target->command({"HGET", name, key.id}).text;
  }
};

OBOL_ON_EVERY_LAYOUT(CharonSessionsStoreTest);

TEST_P(CharonSessionsStoreTest, EverySignedFormIsReadAndRefreshed) {
  // Given every golden session that lives and breaks no rule.
  std::map<std::string, facade> stores;
  int seen = 0;
  for (auto& golden : goldens().sessions) {
    if (golden.was_refused())
      continue;
    charon_records records{golden.base_secret};
    if (!stores.count(golden.base_secret))
      stores.emplace(golden.base_secret, store_for(golden.base_secret));
    auto& store = stores.at(golden.base_secret);
    for (auto& [form, bytes] : golden.stored) {
      SCOPED_TRACE(golden.name + ", " + form);
      auto login = records.decoded(bytes);
      // Times may depend on when a record is upgraded.
      if (validate(login) || login.refresh_expires_at <= unix_now()
          || golden.name.find("depends on now") != std::string::npos)
        continue;
      ++seen;
      target->command({"FLUSHDB"});
      put(login, bytes, login.lock_version > 0);

      // Then it is read, alone and among all.
      auto found = store.get(login.key());
      ASSERT_EQ(words(found), "ok");
      ASSERT_TRUE(*found);
      EXPECT_EQ(**found, login);
      EXPECT_EQ(value(store.get_all(login.set())).size(), 1u);

      // And refreshed: signed anew, the same but for the lock version.
      auto refreshed = store.upsert(**found);
      ASSERT_EQ(words(refreshed), "ok");
      ++login.lock_version;
      EXPECT_EQ(records.decoded(stored(login.key())), login);
    }
  }
  EXPECT_GT(seen, 30);
}

TEST_P(CharonSessionsStoreTest, ARefreshKeepsEveryTermItDoesNotChange) {
  // Given a session with every kind of term in its payload.
  charon_records records;
  auto store = store_for(charon_secret);
  auto& golden = goldens().named("nested payload");
  auto& bytes = golden.stored.front().second;
  auto login = records.decoded(bytes);
  put(login, bytes, false);

  // When one time is changed.
  auto refreshed = store.update_with(
    login.key(), [](session& x) { x.tokens_fresh_from += 1; });
  ASSERT_EQ(words(refreshed), "ok");

  // Then the record is the same but for that and the lock version.
  auto before = *etf::read(records.payload(bytes));
  auto after = *etf::read(records.payload(stored(login.key())));
  auto& pairs_before = before.get_if<etf::map>()->pairs();
  auto& pairs_after = after.get_if<etf::map>()->pairs();
  ASSERT_EQ(pairs_before.size(), pairs_after.size());
  std::vector<std::string> changed;
  for (std::size_t i = 0; i < pairs_before.size(); ++i) {
    EXPECT_EQ(pairs_before[i].first, pairs_after[i].first);
    if (!(pairs_before[i].second == pairs_after[i].second))
      changed.push_back(pairs_before[i].first.get_if<etf::atom>()->name);
  }
  EXPECT_THAT(changed, testing::UnorderedElementsAre("tokens_fresh_from",
                                                     "lock_version"));
}

TEST_P(CharonSessionsStoreTest, ANewSessionIsCharonsStructExactly) {
  charon_records records;
  auto store = store_for(charon_secret);
  auto login = new_session("a");
  ASSERT_EQ(words(store.upsert(login)), "ok");

  auto record = *etf::read(records.payload(stored(login.key())));

  auto expect = [&](const char* key, const etf::term& value) {
    auto* found = record.get_if<etf::map>()->find(etf::atom{key});
    ASSERT_TRUE(found) << key;
    EXPECT_EQ(*found, value) << key;
  };
  EXPECT_EQ(record.get_if<etf::map>()->pairs().size(), 14u);
  expect("__struct__", etf::atom{"Elixir.Charon.Models.Session"});
  expect("id", "a");
  expect("user_id", some_user);
  expect("type", etf::atom{"full"});
  expect("created_at", login.created_at);
  expect("refreshed_at", login.refreshed_at);
  expect("refresh_expires_at", login.refresh_expires_at);
  expect("expires_at", etf::atom{"infinite"});
  expect("refresh_token_id", login.refresh_token_id.c_str());
  expect("tokens_fresh_from", login.tokens_fresh_from);
  expect("prev_tokens_fresh_from", 0);
  expect("lock_version", 1);
  expect("extra_payload", etf::map{});
  expect("version", 7);
}

TEST_P(CharonSessionsStoreTest, ACharonNodeInBetweenIsSeenAsAnotherWriter) {
  // Given a session that obol has read, and a Charon node has then written:
  // it raises the lock and leaves no trace in the ring.
  charon_records records;
  auto store = store_for(charon_secret);
  auto mine = store.upsert(new_session("a"));
  ASSERT_EQ(words(mine), "ok");
  auto x = settings();
  x.signing_key = secret{golden_key_bytes(charon_secret)};
  x.write_guard = write_guard::charon;
  auto charon = ready_store(std::move(x));
  ASSERT_EQ(words(charon.upsert(*mine)), "ok");

  // Then obol's writer loses, reads again and goes on.
  EXPECT_EQ(outcome(store.upsert(*mine)), "conflict");
  auto updated = store.update_with(key_of("a"), [](session&) {});
  ASSERT_EQ(words(updated), "ok");
  EXPECT_EQ(updated->lock_version, 3);
}

} // namespace obol::test
