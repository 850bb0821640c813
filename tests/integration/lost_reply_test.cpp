#include <gtest/gtest.h>

#include <optional>

#include "cutting_proxy.hpp"
#include "store_fixture.hpp"

// Between the store and the server sits somebody who cuts connections. What
// the store then says must be true.

namespace obol::test {

namespace {

constexpr int always = -1;

/// Until the store has a connection again: what it calls `unavailable` was
/// never sent.
template <class Call>
auto when_available(Call call) {
  auto answer = call();
  eventually([&] {
    if (outcome(answer) == "unavailable")
      answer = call();
    return outcome(answer) != "unavailable";
  });
  return answer;
}

} // namespace

class LostReplyTest : public LayoutStoreTest {
protected:
  void SetUp() override {
    LayoutStoreTest::SetUp();
    if (!IsSkipped())
      proxy.emplace(target->socket_path());
  }

  facade store_behind_proxy(std::chrono::milliseconds command_timeout
                            = longest) {
    auto x = settings(proxy->socket_path());
    x.pool.size = 2;
    x.command_timeout = command_timeout;
    return ready_store(std::move(x));
  }

  /// Refreshes a session while the proxy cuts once, and looks at all sides.
  void expect_one_write_despite(cut where) {
    auto store = store_behind_proxy();
    auto login = store.upsert(new_session("a"));
    ASSERT_EQ(words(login), "ok");

    proxy->cut_at("_upsert", where);
    login->refresh_token_id = "next";
    auto answer = store.upsert(*login);

    EXPECT_EQ(words(answer), "ok");
    EXPECT_EQ(proxy->cuts(), 1);
    EXPECT_EQ(value(store.get(login->key())).value().refresh_token_id, "next");
    EXPECT_EQ(stored_lock("a"), "2");
    EXPECT_EQ(writes_in_ring("a"), 2u);
    // The copy that was sent again is the same to the byte.
    auto sent = proxy->requests("_upsert");
    ASSERT_EQ(sent.size(), 3u);
    EXPECT_EQ(sent[1], sent[2]);
  }

  /// What became of it, now that the proxy cuts no more; `unknown` if the
  /// store cannot say.
  static resolution resolved(facade& store, const resolution_token& token) {
    auto answer = when_available([&] { return store.resolve(token); });
    EXPECT_EQ(words(answer), "ok");
    return answer ? *answer : resolution::unknown;
  }

  std::optional<cutting_proxy> proxy;
};

OBOL_ON_EVERY_LAYOUT(LostReplyTest);

// -- the true outcome ---------------------------------------------------------

TEST_P(LostReplyTest, AnUpsertThatNeverArrivedIsSentAgain) {
  expect_one_write_despite(cut::before_request);
}

TEST_P(LostReplyTest, AnUpsertWhoseReplyWasLostIsAppliedOnce) {
  expect_one_write_despite(cut::before_reply);
}

TEST_P(LostReplyTest, AnUpsertWhoseReplyWasCutInTwoIsAppliedOnce) {
  expect_one_write_despite(cut::inside_reply);
}

TEST_P(LostReplyTest, AFirstWriteWhoseReplyWasLostIsAppliedOnce) {
  auto store = store_behind_proxy();
  proxy->cut_at("_upsert", cut::before_reply, 3);

  EXPECT_EQ(words(store.upsert(new_session("a"))), "ok");

  EXPECT_EQ(proxy->cuts(), 3);
  EXPECT_EQ(stored_lock("a"), "1");
  EXPECT_EQ(writes_in_ring("a"), 1u);
}

TEST_P(LostReplyTest, AReplyThatNeverComesIsNotWaitedForTillTheEnd) {
  auto store = store_behind_proxy(100ms);
  proxy->cut_at("_upsert", cut::silence);

  EXPECT_EQ(words(store.upsert(new_session("a"))), "ok");

  EXPECT_EQ(proxy->cuts(), 1);
  EXPECT_EQ(writes_in_ring("a"), 1u);
}

TEST_P(LostReplyTest, ALostConflictIsStillAConflict) {
  auto store = store_behind_proxy();
  auto login = store.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");
  ASSERT_EQ(words(store.upsert(*login)), "ok");
  proxy->cut_at("_upsert", cut::before_reply);

  EXPECT_EQ(outcome(store.upsert(*login)), "conflict");

  EXPECT_EQ(stored_lock("a"), "2");
}

TEST_P(LostReplyTest, ALostDeleteIsConfirmed) {
  for (auto where :
       {cut::before_request, cut::before_reply, cut::inside_reply}) {
    auto store = store_behind_proxy();
    auto id = "s" + std::to_string(static_cast<int>(where));
    ASSERT_EQ(words(store.upsert(new_session(id))), "ok");
    proxy->cut_at("_delete", where);

    EXPECT_EQ(words(store.remove(key_of(id))), "ok");

    EXPECT_FALSE(value(store.get(key_of(id))));
  }
  EXPECT_EQ(proxy->cuts(), 3);
}

TEST_P(LostReplyTest, LostReadsAreAskedAgain) {
  for (auto where :
       {cut::before_request, cut::before_reply, cut::inside_reply}) {
    auto store = store_behind_proxy();
    auto id = "s" + std::to_string(static_cast<int>(where));
    ASSERT_EQ(words(store.upsert(new_session(id))), "ok");
    proxy->cut_at("HGET", where);
    proxy->cut_at("HGETALL", where);

    auto found = store.get(key_of(id));
    ASSERT_EQ(words(found), "ok");
    EXPECT_TRUE(*found);
    EXPECT_EQ(words(store.get_all({some_user})), "ok");
  }
  EXPECT_EQ(proxy->cuts(), 6);
}

// -- nobody knows -------------------------------------------------------------

TEST_P(LostReplyTest, AStoreThatLosesOnlyWritesFindsOutItself) {
  // Given a write that is applied but never answered.
  auto store = store_behind_proxy();
  proxy->cut_at("_upsert", cut::before_reply, always);

  EXPECT_EQ(words(store.upsert(new_session("a"), 800ms)), "ok");
  EXPECT_EQ(writes_in_ring("a"), 1u);

  // And one that never arrives.
  proxy->heal();
  proxy->cut_at("_upsert", cut::before_request, always);

  EXPECT_EQ(outcome(store.upsert(new_session("b"), 800ms)),
            "deadline_exceeded");
  EXPECT_EQ(stored_lock("b"), "");
}

TEST_P(LostReplyTest, WithEveryReplyLostTheTokenTellsThatItWasApplied) {
  // Given a write that is applied, and nobody who could say so.
  auto store = store_behind_proxy();
  proxy->cut_at("_upsert", cut::before_reply, always);
  proxy->cut_at("_resolve", cut::before_reply, always);

  auto answer = store.upsert(new_session("a"), 800ms);

  // Then the outcome is unknown until it is asked for again.
  ASSERT_EQ(outcome(answer), "outcome_unknown");
  auto token = token_of(answer.error());
  ASSERT_TRUE(token);
  proxy->heal();
  EXPECT_EQ(resolved(store, *token), resolution::applied);
  EXPECT_EQ(resolved(store, *token), resolution::applied);
  EXPECT_EQ(writes_in_ring("a"), 1u);
}

TEST_P(LostReplyTest, WithEveryRequestLostTheTokenTellsThatItWasNotApplied) {
  auto store = store_behind_proxy();
  auto login = store.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");
  proxy->cut_at("_upsert", cut::before_request, always);
  proxy->cut_at("_resolve", cut::before_request, always);

  auto answer = store.upsert(*login, 800ms);

  ASSERT_EQ(outcome(answer), "outcome_unknown");
  auto token = token_of(answer.error());
  ASSERT_TRUE(token);
  proxy->heal();
  EXPECT_EQ(resolved(store, *token), resolution::not_applied);
  EXPECT_EQ(stored_lock("a"), "1");
}

TEST_P(LostReplyTest, AfterAnotherWriterTheTokenStillTellsTheTruth) {
  // Given a write whose outcome is unknown, and which somebody has built on.
  auto store = store_behind_proxy();
  proxy->cut_at("_upsert", cut::before_reply, always);
  proxy->cut_at("_resolve", cut::before_reply, always);
  auto answer = store.upsert(new_session("a"), 800ms);
  ASSERT_EQ(outcome(answer), "outcome_unknown");
  auto token = token_of(answer.error());
  ASSERT_TRUE(token);
  proxy->heal();
  auto update = [&] { return store.update_with(key_of("a"), [](session&) {}); };
  ASSERT_EQ(words(when_available(update)), "ok");

  EXPECT_EQ(resolved(store, *token), resolution::applied);
}

TEST_P(LostReplyTest, ADeleteThatIsNeverAnsweredIsUnknownAndSafeToRepeat) {
  auto store = store_behind_proxy();
  ASSERT_EQ(words(store.upsert(new_session("a"))), "ok");
  proxy->cut_at("_delete", cut::before_reply, always);

  EXPECT_EQ(outcome(store.remove(key_of("a"), 300ms)), "outcome_unknown");

  proxy->heal();
  auto repeat = [&] { return store.remove(key_of("a")); };
  EXPECT_EQ(words(when_available(repeat)), "ok");
  EXPECT_FALSE(value(store.get(key_of("a"))));
}

TEST_P(LostReplyTest, UnderCharonsGuardALostWriteIsNeverSentTwice) {
  auto x = settings(proxy->socket_path());
  x.write_guard = write_guard::charon;
  auto store = ready_store(std::move(x));
  proxy->cut_at("_upsert_charon", cut::before_reply);

  EXPECT_EQ(outcome(store.upsert(new_session("a"))), "outcome_unknown");

  EXPECT_EQ(proxy->requests("_upsert_charon").size(), 1u);
  EXPECT_EQ(stored_lock("a"), "1");
}

} // namespace obol::test
