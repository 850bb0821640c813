#include "obol/function_library.hpp"
#include "obol/registrar.hpp"

#include <algorithm>

#include "support_actors/simulated_store.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using ending = memory_network::ending;

class RegistrarTest : public testing::Test {
protected:
  std::size_t lists() {
    return static_cast<std::size_t>(std::count_if(
      sim.redis->requests().begin(), sim.redis->requests().end(), [](auto& x) {
        return x.arguments.at(0) == "FUNCTION" && x.arguments.at(1) == "LIST";
      }));
  }

  simulated_store sim;
};

TEST_F(RegistrarTest, LoadsTheLibraryAndHangsUp) {
  sim.start_ready();
  EXPECT_EQ(sim.server.loads, 1u);
  EXPECT_EQ(sim.status().functions_loaded, 1u);
  EXPECT_EQ(sim.network->ended_by_client(1), client_end::closed);
  EXPECT_EQ(sim.network->open().size(), 2u);
}

TEST_F(RegistrarTest, LibraryThatIsThereIsNotLoaded) {
  auto& library = library_for_hash_field_expiry();
  sim.server.libraries[library.name] = library.code;
  sim.start_ready();
  EXPECT_EQ(sim.server.loads, 0u);
  EXPECT_EQ(sim.status().functions_loaded, 0u);
}

TEST_F(RegistrarTest, OtherCodeUnderOurNameKeepsTheStoreFromBeingReady) {
  sim.server.libraries[library_for_hash_field_expiry().name] = "other";
  sim.start();
  sim.run();
  auto call = sim.get("sid");
  sim.run();
  EXPECT_EQ(call.code(), ec::misconfigured);

  sim.server.libraries.clear();
  sim.advance(10s);
  EXPECT_EQ(sim.status().phase, pool_phase::ready);
}

TEST_F(RegistrarTest, FlushedFunctionsAreLoadedOnceForManyCalls) {
  // Given a store whose server loses its functions
  sim.start_ready();
  sim.server.libraries.clear();

  // When forty upserts come at once
  std::vector<outcome<session>> calls;
  for (int i = 0; i < 40; ++i)
    calls.push_back(sim.upsert(sim.sample("s" + std::to_string(i))));
  sim.run();

  // Then they are loaded once, and no call fails.
  EXPECT_EQ(sim.server.loads, 2u);
  for (auto& call : calls)
    EXPECT_EQ(call.value().lock_version, 1);
  EXPECT_EQ(sim.server.writes, 40u);
}

TEST_F(RegistrarTest, ReadsGoOnWhileFunctionsAreMissing) {
  sim.start_ready();
  sim.server.libraries.clear();
  sim.server.instead = [](auto& request) -> std::optional<std::string> {
    if (request.at(0) == "FUNCTION")
      return resp::error("OOM command not allowed when used memory > "
                         "'maxmemory'.");
    return std::nullopt;
  };
  auto stored = sim.upsert(sim.sample());
  sim.run();
  auto found = sim.get("sid");
  sim.run();

  EXPECT_EQ(stored.code(), ec::refused);
  EXPECT_FALSE(found.value().session);
}

TEST_F(RegistrarTest, FailureWhileRunningIsTriedAgainByItself) {
  // Given a server that has lost its functions and takes none
  sim.start_ready();
  sim.server.libraries.clear();
  bool full = true;
  sim.server.instead = [&](auto& request) -> std::optional<std::string> {
    if (full && request.at(0) == "FUNCTION" && request.at(1) == "LOAD")
      return resp::error("OOM command not allowed when used memory > "
                         "'maxmemory'.");
    return std::nullopt;
  };
  auto first = sim.upsert(sim.sample());
  sim.run();
  EXPECT_EQ(first.code(), ec::refused);

  // When it takes them again, the call after that succeeds.
  auto second = sim.upsert(sim.sample());
  full = false;
  sim.advance(1s);
  EXPECT_EQ(second.value().lock_version, 1);
}

TEST_F(RegistrarTest, EveryServerThatComesBackIsLookedAt) {
  // Given a server that restarts without its memory
  sim.start_ready();
  auto before = lists();
  sim.server.libraries.clear();
  sim.network->drop_all(ending::closed);
  sim.advance(1s);

  // Then the functions are there again before the first call.
  EXPECT_GT(lists(), before);
  EXPECT_EQ(sim.server.loads, 2u);
  EXPECT_EQ(sim.status().phase, pool_phase::ready);
}

TEST_F(RegistrarTest, LayoutThatWasFoundFirstStays) {
  // A server of another version comes up at the address.
  sim.start_ready();
  sim.server.version = "7.0.15";
  sim.network->drop_all(ending::closed);
  sim.advance(1s);
  EXPECT_EQ(sim.status().layout, "hash_field_expiry");
  EXPECT_EQ(sim.server.libraries.count(library_for_three_set().name), 0u);
}

TEST_F(RegistrarTest, ConnectionLostInTheMiddleIsTriedAgain) {
  sim.network->hold_replies(true);
  sim.start();
  sim.run();
  sim.network->drop(1, ending::broken);
  sim.network->hold_replies(false);
  sim.advance(1s);
  EXPECT_EQ(sim.status().phase, pool_phase::ready);
}

class TwoAccountsTest : public testing::Test {
protected:
  static options two_accounts() {
    auto result = simulated_store::small_options();
    result.username = "app";
    result.password = secret{std::string{"hunter2"}};
    result.registrar_username = "loader";
    result.registrar_password = secret{std::string{"hunter3"}};
    return result;
  }

  /// Who sent the first request that begins with these words.
  std::string sender_of(std::string_view command, std::string_view second) {
    for (auto& x : sim.redis->requests()) {
      if (x.arguments.at(0) != command
          || x.arguments.at(1).find(second) == std::string::npos)
        continue;
      return sim.redis->requests(x.connection).at(0).at(3);
    }
    return {};
  }

  simulated_store sim{two_accounts()};
};

TEST_F(TwoAccountsTest, FunctionsAreLoadedByOneAndTestedByTheOther) {
  sim.start_ready();
  EXPECT_EQ(sender_of("FUNCTION", "LIST"), "loader");
  EXPECT_EQ(sender_of("FUNCTION", "LOAD"), "loader");
  EXPECT_EQ(sender_of("FCALL", "probe"), "app");
  EXPECT_EQ(sim.server.loads, 1u);
}

} // namespace
} // namespace obol::test
