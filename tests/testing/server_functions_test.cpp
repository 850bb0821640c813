#include "obol/function_library.hpp"

#include <thread>

#include "server_fixture.hpp"

namespace obol::testing::internal {

class ServerFunctionsTest : public SimulatedServerTest {
protected:
  /// What a function with this body answers.
  std::string answer(const std::string& body) {
    run({"FUNCTION", "FLUSH"});
    define("f", body);
    return run({"FCALL", "f", "0"});
  }
};

TEST_F(ServerFunctionsTest, LuaValuesBecomeReplies) {
  EXPECT_EQ(answer("return nil"), "$-1\r\n");
  EXPECT_EQ(answer("return false"), "$-1\r\n");
  EXPECT_EQ(answer("return true"), ":1\r\n");
  EXPECT_EQ(answer("return -3.99"), ":-3\r\n");
  EXPECT_EQ(answer("return 'a\\0b'"), std::string("$3\r\na\0b\r\n", 9));
  EXPECT_EQ(answer("return {1, {'x'}, nil, 2}"),
            "*2\r\n:1\r\n*1\r\n$1\r\nx\r\n");
  EXPECT_EQ(answer("return {ok='FINE'}"), "+FINE\r\n");
  EXPECT_EQ(answer("return {err='MY error'}"), "-MY error\r\n");
  EXPECT_EQ(answer("return redis.error_reply('nocode')"), "-ERR nocode\r\n");
  EXPECT_EQ(answer("return redis.status_reply('FINE')"), "+FINE\r\n");
}

TEST_F(ServerFunctionsTest, RepliesBecomeLuaValues) {
  EXPECT_EQ(answer("return tostring(redis.call('GET', 'none'))"),
            "$5\r\nfalse\r\n");
  EXPECT_EQ(answer("return redis.call('SET', 'k', 'v').ok"), "$2\r\nOK\r\n");
  EXPECT_EQ(answer("return redis.call('DEL', 'k') + 1"), ":2\r\n");
  EXPECT_EQ(answer("redis.call('HSET', 'h', 'f', 'v') "
                   "return tostring(redis.call('HMGET', 'h', 'a', 'f')[1])"),
            "$5\r\nfalse\r\n");
  EXPECT_EQ(answer("return redis.pcall('HGET').err ~= nil"), ":1\r\n");
}

TEST_F(ServerFunctionsTest, NumbersBecomeWordsAsTheServerDoes) {
  const auto word = [this](server_kind kind, const std::string& number) {
    be(kind);
    return answer("return redis.call('ECHO', " + number + ")");
  };
  EXPECT_EQ(word(server_kind::redis_7, "30"), "$2\r\n30\r\n");
  EXPECT_EQ(word(server_kind::redis_7, "1700000000"), "$10\r\n1700000000\r\n");
  EXPECT_EQ(word(server_kind::redis_7, "1e18"), "$5\r\n1e+18\r\n");
  EXPECT_EQ(word(server_kind::redis_8, "1e18"),
            "$19\r\n1000000000000000000\r\n");
  EXPECT_EQ(word(server_kind::redis_8, "-1.25"), "$5\r\n-1.25\r\n");
}

TEST_F(ServerFunctionsTest, AFailedCallEndsTheFunctionAndNamesThePlace) {
  EXPECT_EQ(answer("redis.call('SET', 'k', 'v') redis.call('HGET', 'k', 'f')"),
            "-WRONGTYPE Operation against a key holding the wrong kind of "
            "value script: f, on @user_function:2.\r\n");
  // What was written before it stays.
  EXPECT_EQ(run({"GET", "k"}), "$1\r\nv\r\n");
  be(server_kind::valkey_9);
  EXPECT_EQ(answer("redis.call('NOPE')"),
            "-ERR Unknown command called from script script: on "
            "@user_function:2.\r\n");
}

TEST_F(ServerFunctionsTest, GlobalsAndWaysOutAreClosed) {
  for (auto* body :
       {"x = 1", "return nope", "return os.time()", "return io.open('x')",
        "return require('x')", "return math.random()", "return print('x')",
        "return debug.getinfo(1)", "return dofile('x')"})
    EXPECT_TRUE(answer(body).starts_with("-ERR user_function:2: ")) << body;
}

TEST_F(ServerFunctionsTest, AFunctionMayCallNoFunction) {
  EXPECT_NE(answer("return redis.call('FCALL', 'f', '0')")
              .find("not allowed from script"),
            std::string::npos);
}

TEST_F(ServerFunctionsTest, ADatabaseChosenInsideIsLeftAtTheEnd) {
  answer("redis.call('SELECT', '3') return redis.call('SET', 'k', 'v')");
  EXPECT_EQ(run({"GET", "k"}), "$-1\r\n");
  EXPECT_EQ(server.data[3].keys().size(), 1u);
}

TEST_F(ServerFunctionsTest, TimeStandsStillInsideAFunction) {
  EXPECT_EQ(answer("local a = redis.call('TIME') return a[1]"),
            "$10\r\n" + second(0) + "\r\n");
}

TEST_F(ServerFunctionsTest, ACopyOfTheLibrariesSurvivesAFlush) {
  define("f", "return 1");
  auto saved = server.functions;
  run({"FUNCTION", "FLUSH"});
  EXPECT_EQ(run({"FCALL", "f", "0"}), "-ERR Function not found\r\n");
  server.functions = saved;
  EXPECT_EQ(run({"FCALL", "f", "0"}), ":1\r\n");
}

TEST_F(ServerFunctionsTest, ServersOfAThreadShareWhatIsCompiled) {
  const auto& code = library_for_three_set().code;
  run({"FUNCTION", "LOAD", code});
  simulated_server other{server_kind::redis_8, [] { return 1; }};
  auto stranger = other.open_session();
  other.execute(stranger, {"FUNCTION", "LOAD", code});
  EXPECT_EQ(server.functions.all().begin()->second,
            other.functions.all().begin()->second);
}

TEST_F(ServerFunctionsTest, ThreadsShareNothing) {
  const auto& library = library_for_three_set();
  const auto load = [&library] {
    simulated_server x{server_kind::redis_8, [] { return 1; }};
    auto who = x.open_session();
    x.execute(who, {"FUNCTION", "LOAD", library.code});
    return x.functions.all().begin()->second;
  };
  auto here = load();
  function_libraries::library there;
  std::thread{[&] { there = load(); }}.join();
  EXPECT_NE(here, there);
}

TEST_F(ServerFunctionsTest, OurLibrariesLoadAndAnswer) {
  for (auto kind :
       {server_kind::redis_7, server_kind::redis_8, server_kind::valkey_9}) {
    for (auto one_hash : {true, false}) {
      be(kind);
      auto& library
        = one_hash ? library_for_hash_field_expiry() : library_for_three_set();
      run({"FUNCTION", "LOAD", library.code});
      std::vector<std::string> words{"FCALL", library.function("probe")};
      if (one_hash)
        words.insert(words.end(), {"1", "k"});
      else
        words.insert(words.end(), {"5", "a", "b", "c", "d", "e"});
      words.push_back(second(10));
      auto expected = one_hash && kind == server_kind::redis_7
                        ? "$14\r\nMISSING hsetex\r\n"
                        : "$2\r\nOK\r\n";
      EXPECT_EQ(run(words), expected);
      EXPECT_TRUE(server.data[0].empty());
    }
  }
}

TEST_F(ServerFunctionsTest, CountsLoadsAndAppliedUpserts) {
  auto& library = library_for_hash_field_expiry();
  run({"FUNCTION", "LOAD", library.code});
  run({"FUNCTION", "LOAD", library.code});
  const auto upsert = [&](int version) {
    const auto text = std::to_string(version);
    run({"FCALL", library.function("upsert"), "1", "k", "id", text, "data",
         second(60), text + ":0123456789abcdef", "0:" + second(10) + "000",
         "l.l.id." + std::to_string(version % 4), std::to_string(version - 1)});
  };
  upsert(1);
  upsert(1);
  upsert(7);
  upsert(2);
  run({"FCALL", library.function("upsert_charon"), "1", "k", "id", "3", "data",
       second(60)});
  EXPECT_EQ(server.counters.function_loads, 1u);
  EXPECT_EQ(server.counters.upserts_applied, 3u);
  EXPECT_EQ(server.counters.writes, 4u);
}

TEST_F(ServerFunctionsTest, ManyLibrariesPushOneAnotherOutAndStillRun) {
  for (int i = 0; i < 200; ++i)
    define("f" + std::to_string(i), "return " + std::to_string(i));
  EXPECT_EQ(run({"FCALL", "f0", "0"}), ":0\r\n");
  EXPECT_EQ(run({"FCALL", "f199", "0"}), ":199\r\n");
}

} // namespace obol::testing::internal
