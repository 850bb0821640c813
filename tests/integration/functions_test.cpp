#include "obol/function_library.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <vector>

#include "store_fixture.hpp"

// The functions come into the server, and come back.

namespace obol::test {

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// The library of the layout the server gets by itself.
const function_library& library_for(server& target) {
  return target.has_command("HSETEX") ? library_for_hash_field_expiry()
                                      : library_for_three_set();
}

bool has_library(server& target, const function_library& library) {
  auto found
    = target.command({"FUNCTION", "LIST", "LIBRARYNAME", library.name});
  return !found.elements.empty();
}

} // namespace

class FunctionsTest : public StoreTest {};

OBOL_ON_EVERY_SERVER(FunctionsTest);

TEST_P(FunctionsTest, AnEmptyServerGetsThemOnceAndKeepsThem) {
  auto target = start();
  {
    auto first = ready_store(*target);
    EXPECT_EQ(first.status().functions_loaded, 1u);
  }
  EXPECT_TRUE(has_library(*target, library_for(*target)));

  auto second = ready_store(*target);
  EXPECT_EQ(second.status().functions_loaded, 0u);
}

TEST_P(FunctionsTest, StoresThatStartAtOnceLoadOnce) {
  // Given an empty server, several times.
  auto target = start();
  for (int round = 0; round < 3; ++round) {
    target->command({"FUNCTION", "FLUSH"});

    // When stores start at once.
    std::vector<facade> stores;
    for (int i = 0; i < 4; ++i)
      stores.push_back(open_store(options_for(*target)));
    std::uint64_t loaded = 0;
    for (auto& x : stores) {
      ASSERT_EQ(words(x.wait_ready(patience)), "ok");
      loaded += x.status().functions_loaded;
    }

    // Then one of them has loaded, and all work.
    EXPECT_EQ(loaded, 1u);
    for (auto& x : stores)
      EXPECT_EQ(words(x.get(key_of("a"))), "ok");
  }
}

TEST_P(FunctionsTest, AFlushInTheMiddleOfTrafficFailsNoCall) {
  // Given writers that never stop.
  auto target = start();
  auto store = ready_store(*target);
  std::atomic<bool> stop{false};
  std::atomic<int> calls{0};
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i)
    writers.emplace_back([&, i] {
      auto login = new_session("s" + std::to_string(i));
      while (!stop) {
        auto answer = store.upsert(login);
        ASSERT_EQ(words(answer), "ok");
        login = *answer;
        ++calls;
      }
    });

  // When the functions are thrown away under them, again and again.
  constexpr unsigned flushes = 5;
  for (unsigned i = 1; i <= flushes; ++i) {
    auto seen = calls.load();
    EXPECT_TRUE(eventually([&] { return calls > seen + 50; }));
    target->command({"FUNCTION", "FLUSH"});
    EXPECT_TRUE(
      eventually([&] { return store.status().functions_loaded == 1 + i; }));
  }
  auto seen = calls.load();
  EXPECT_TRUE(eventually([&] { return calls > seen + 50; }));
  stop = true;
  for (auto& x : writers)
    x.join();

  // Then they were loaded once each time, and no writer noticed.
  EXPECT_EQ(store.status().functions_loaded, 1u + flushes);
}

TEST_P(FunctionsTest, AFlushWhileIdleIsHealedByTheNextCallOfEveryKind) {
  auto target = start();
  auto store = ready_store(*target);
  ASSERT_EQ(words(store.upsert(new_session("a"))), "ok");
  auto flush = [&] { target->command({"FUNCTION", "FLUSH"}); };

  flush();
  EXPECT_EQ(value(store.remove_others(key_of("a"))), 0);
  flush();
  EXPECT_EQ(value(store.revoke_before({some_user}, 1)), 0);
  EXPECT_EQ(value(store.remove(key_of("a"))), 1);
  flush();
  EXPECT_EQ(value(store.remove_all({some_user})), 0);
  flush();
  EXPECT_EQ(words(store.upsert(new_session("b"))), "ok");
}

TEST_P(FunctionsTest, APlantedLibraryOfOurNameIsRefused) {
  // Given other code under the name of ours.
  auto target = start();
  auto& library = library_for(*target);
  target->command({"FUNCTION", "LOAD",
                   "#!lua name=" + library.name
                     + "\nredis.register_function('planted', function() "
                       "return 'OK' end)"});

  // Then the store does not use it, and says so.
  auto store = open_store(options_for(*target));
  EXPECT_THAT(trouble(store, "misconfigured"),
              AllOf(StartsWith("misconfigured: "), HasSubstr(library.name)));
  EXPECT_EQ(outcome(store.upsert(new_session("a"))), "misconfigured");

  // Until it is removed.
  target->command({"FUNCTION", "DELETE", library.name});
  EXPECT_EQ(words(store.wait_ready(patience)), "ok");
}

TEST_P(FunctionsTest, PreloadedFunctionsAreAwaitedAndNeverLoaded) {
  // Given a store that leaves the functions to an operator.
  auto target = start();
  auto& library = library_for(*target);
  auto settings = options_for(*target);
  settings.functions = function_loading::preloaded;
  auto store = open_store(std::move(settings));

  // Then it says which library is missing, and does nothing about it.
  EXPECT_THAT(trouble(store, "misconfigured"),
              AllOf(StartsWith("misconfigured: "), HasSubstr(library.name)));
  EXPECT_FALSE(has_library(*target, library));

  // And is ready by itself when the operator has loaded it.
  target->command({"FUNCTION", "LOAD", library.code});
  EXPECT_EQ(words(store.wait_ready(patience)), "ok");
  EXPECT_EQ(words(store.upsert(new_session("a"))), "ok");
  EXPECT_EQ(store.status().functions_loaded, 0u);
}

TEST_P(FunctionsTest, ALayoutWorksOrTheServerLacksItsCommand) {
  auto target = start();
  auto settings = options_for(*target);
  settings.layout = layout::hash_field_expiry;
  auto store = open_store(std::move(settings));

  if (target->has_command("HSETEX"))
    EXPECT_EQ(words(store.wait_ready(patience)), "ok");
  else
    EXPECT_THAT(trouble(store, "misconfigured"),
                AllOf(StartsWith("misconfigured: "), HasSubstr("hsetex"),
                      HasSubstr("layout")));
}

TEST_P(FunctionsTest, TheSelfTestLeavesNothingBehind) {
  auto target = start();
  auto store = ready_store(*target);

  EXPECT_EQ(target->command({"DBSIZE"}), 0);
}

} // namespace obol::test
