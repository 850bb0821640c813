#include "obol/function_library.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>

#include "conformance_pair.hpp"
#include "conformance_scripts.hpp"

// The server the simulation uses answers what real servers answer. Times are
// far away, so that no expiry comes in between; fields that have expired and
// are not yet reclaimed, which real servers count in some places, do not occur.

namespace obol::test {

INSTANTIATE_TEST_SUITE_P(On, ConformanceTest,
                         ::testing::ValuesIn(all_server_names()),
                         server_test_name);

// -- commands -----------------------------------------------------------------

TEST_P(ConformanceTest, AnswersCommandsOnTheConnection) {
  start_pair();
  script = "connection";
  compare_all(connection_script());
  compare({"NOPE", "line\r\nend", std::string(200, 'x'), "y"});
  compare({"PING", "line\r\nend"});
}

TEST_P(ConformanceTest, AnswersCommandsOnStrings) {
  start_pair();
  script = "strings";
  compare_all(string_script());
  compare_contents();
}

TEST_P(ConformanceTest, AnswersCommandsOnKeys) {
  start_pair();
  script = "keys";
  compare_all(key_script());
  compare_contents();
}

TEST_P(ConformanceTest, AnswersCommandsOnHashes) {
  start_pair();
  script = "hashes";
  compare_all(hash_script());
  compare_contents();
}

TEST_P(ConformanceTest, AnswersCommandsOnFieldsThatExpire) {
  start_pair();
  script = "expiring fields";
  if (has_field_expiry())
    compare_all(field_expiry_script());
  else
    compare_all({"HSETEX h EX 100 FIELDS 1 f v", "HTTL h FIELDS 1 f"});
  compare_contents();
}

TEST_P(ConformanceTest, AnswersCommandsOnSortedSets) {
  start_pair();
  script = "sorted sets";
  compare_all(sorted_set_script());
  compare_contents();
}

TEST_P(ConformanceTest, AnswersRandomCommands) {
  constexpr std::uint64_t scripts = 40;
  start_pair();
  for (std::uint64_t seed = 1; seed <= scripts && !HasFailure(); ++seed) {
    script = "random script of seed " + std::to_string(seed);
    compare({"FLUSHALL"});
    compare_all(random_script(seed, has_field_expiry()));
    compare_contents();
  }
}

// -- functions ----------------------------------------------------------------

TEST_P(ConformanceTest, TakesAndRefusesLibraries) {
  start_pair();
  script = "libraries";
  for (const auto& code : libraries_to_load()) {
    compare({"FUNCTION", "LOAD", code});
    compare({"FUNCTION", "LOAD", "REPLACE", code});
  }
  compare_all({"FUNCTION LOAD FOO x",
               "FUNCTION LOAD REPLACE",
               "FUNCTION LOAD",
               "FUNCTION",
               "FUNCTION FOO",
               "FUNCTION LIST",
               "FUNCTION LIST WITHCODE",
               "FUNCTION LIST LIBRARYNAME first",
               "FUNCTION LIST LIBRARYNAME f*t WITHCODE",
               "FUNCTION LIST LIBRARYNAME F?RST",
               "FUNCTION LIST LIBRARYNAME",
               "FUNCTION LIST LIBRARYNAME none",
               "FUNCTION LIST FOO",
               "FUNCTION LIST WITHCODE WITHCODE",
               "FUNCTION LIST LIBRARYNAME a LIBRARYNAME b",
               "FCALL f1 0",
               "FUNCTION DELETE none",
               "FUNCTION DELETE",
               "FUNCTION DELETE a",
               "FUNCTION DELETE first",
               "FCALL f1 0",
               "FCALL fu 0",
               "FLUSHALL",
               "FCALL fu 0",
               "FUNCTION FLUSH FOO",
               "FUNCTION FLUSH SYNC x",
               "FUNCTION FLUSH SYNC",
               "FCALL fu 0",
               "FUNCTION LIST",
               "FUNCTION FLUSH"});
}

TEST_P(ConformanceTest, RunsLua) {
  start_pair();
  script = "lua";
  ASSERT_TRUE(compare({"FUNCTION", "LOAD", lua_library()}));
  compare_all(lua_script());
  compare_contents();
}

TEST_P(ConformanceTest, RunsOurFunctions) {
  start_pair();
  for (const auto one_hash : {true, false}) {
    const auto& library
      = one_hash ? library_for_hash_field_expiry() : library_for_three_set();
    script = library.name + (one_hash ? " (one hash)" : " (three sets)");
    ASSERT_TRUE(compare({"FUNCTION", "LOAD", library.code}));
    compare({"FLUSHALL"});
    const auto now = std::stoll(on_real({"TIME"}).elements.at(0).text);
    for (const auto& line : session_script(library, one_hash, now))
      compare(line);
  }
}

// -- states -------------------------------------------------------------------

TEST_P(ConformanceTest, RefusesWhatFullMemoryForbids) {
  start_pair();
  script = "full memory";
  compare({"FUNCTION", "LOAD", state_library()});
  compare_all({"SET k v", "HSET h f v"});
  on_real({"CONFIG", "SET", "maxmemory", "1"});
  simulated->conditions.out_of_memory = true;
  compare_all(state_script());
}

TEST_P(ConformanceTest, RefusesWhatAReplicaMayNot) {
  start_pair();
  script = "replica";
  compare({"FUNCTION", "LOAD", state_library()});
  compare_all({"SET k v", "HSET h f v"});
  on_real({"REPLICAOF", "127.0.0.1", "1"});
  simulated->conditions.read_only = true;
  compare_all(state_script());
}

TEST_P(ConformanceTest, RefusesWritesThatCannotBeSaved) {
  // Given a server that finds a folder where its file should be.
  start_pair();
  script = "cannot save";
  compare({"FUNCTION", "LOAD", state_library()});
  compare_all({"SET k v", "HSET h f v"});
  const auto folder = std::filesystem::path{real->socket_path()}.parent_path();
  std::filesystem::create_directory(folder / "dump.rdb");
  on_real({"CONFIG", "SET", "save", "3600 1000000"});
  on_real({"BGSAVE"});
  const auto failed = [this] {
    return on_real({"INFO", "persistence"}).text.find("bgsave_status:err")
           != std::string::npos;
  };
  const auto limit
    = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!failed() && std::chrono::steady_clock::now() < limit) {
  }
  ASSERT_TRUE(failed());

  // When and then.
  simulated->conditions.cannot_persist = true;
  compare_all(state_script());
  // Else it would not stop.
  on_real({"CONFIG", "SET", "save", ""});
}

TEST_P(ConformanceTest, RefusesAlmostAllWhileAScriptRuns) {
  // Given a function that does not end.
  start_pair();
  script = "busy";
  compare({"FUNCTION", "LOAD", state_library()});
  compare_all({"SET k v", "HSET h f v"});
  on_real({"CONFIG", "SET", "busy-reply-threshold", "1"});
  auto other = real->connect();
  auto loop = std::async(std::launch::async, [&other] {
    return other.command({"FCALL", "loops", "0"});
  });
  auto probe = real->connect();
  while (loop.wait_for(std::chrono::seconds{0}) == std::future_status::timeout
         && probe.command({"PING"}) == "PONG") {
  }

  // When and then.
  simulated->conditions.busy = true;
  compare_all(state_script());
  probe.command({"FUNCTION", "KILL"});
  EXPECT_TRUE(loop.get().is_error());
}

TEST_P(ConformanceTest, AsksForThePassword) {
  start_pair({.password = "secret"});
  script = "password";
  const std::vector<std::string> outside{"PING",
                                         "GET k",
                                         "NOPE",
                                         "GET",
                                         "HELLO",
                                         "HELLO 2",
                                         "HELLO 3x",
                                         "HELLO 2 SETNAME x",
                                         "AUTH",
                                         "AUTH wrong",
                                         "AUTH a b",
                                         "AUTH default wrong",
                                         "AUTH a b c",
                                         "HELLO 2 AUTH default wrong",
                                         "HELLO 2 AUTH user secret",
                                         "FCALL f 0",
                                         "FUNCTION LIST",
                                         "SELECT 1"};
  compare_all(outside);
  compare_all({"AUTH secret", "PING", "AUTH wrong", "PING",
               "HELLO 2 AUTH default wrong", "GET k",
               "HELLO 2 AUTH default secret SETNAME x", "CLIENT GETNAME",
               "AUTH default secret"});
}

} // namespace obol::test
