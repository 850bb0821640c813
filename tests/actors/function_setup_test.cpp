#include "obol/command.hpp"
#include "obol/internal/function_setup.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace {

using namespace obol;
using internal::function_setup;
using progress = function_setup::progress;
using permission = function_setup::permission;

constexpr unix_seconds now = 1'795'000'000;

const reply ok = reply::of_status("OK");

const reply function_not_found = reply::of_error("ERR Function not found");

const reply noperm
  = reply::of_error("NOPERM User app has no permissions to run the "
                    "'function|list' command");

/// FUNCTION LIST's reply when it holds one library of that code.
reply listed(const function_library& x, std::string code) {
  return reply::of_array({reply::of_array(
    {reply::of_bulk("library_name"), reply::of_bulk(x.name),
     reply::of_bulk("engine"), reply::of_bulk("LUA"),
     reply::of_bulk("functions"), reply::of_array({}),
     reply::of_bulk("library_code"), reply::of_bulk(std::move(code))})});
}

const reply nothing_listed = reply::of_array({});

class FunctionSetupTest : public testing::Test {
protected:
  function_setup begin(std::string server = "redis",
                       std::string version = "8.0.2",
                       obol::layout wanted = layout::automatic) {
    return {settings, wanted,
            server_facts{std::move(server), std::move(version), "standalone",
                         "master"},
            "feed"};
  }

  std::string list() const {
    return command{"FUNCTION", "LIST", "LIBRARYNAME", library.name, "WITHCODE"}
      .bytes();
  }

  std::string load() const {
    return command{"FUNCTION", "LOAD", library.code}.bytes();
  }

  std::string probe() const {
    keyspace keys{settings.key_prefix, layout::hash_field_expiry};
    session_commands commands{keys, library.name, write_guard::exactly_once};
    return commands.probe("feed", now + 10).bytes();
  }

  /// A setup whose library is listed, as it should be.
  function_setup at_probe() {
    auto x = begin();
    EXPECT_EQ(x.on_reply(listed(library, library.code)), progress::next);
    EXPECT_EQ(x.request(now), probe());
    return x;
  }

  /// A setup that found no library.
  function_setup at_load() {
    auto x = begin();
    EXPECT_EQ(x.on_reply(nothing_listed), progress::next);
    EXPECT_EQ(x.request(now), load());
    return x;
  }

  options settings;
  const function_library& library = library_for_hash_field_expiry();
};

std::string text_of(const function_setup& x) {
  return describe(x.failure());
}

// -- which layout -------------------------------------------------------------

TEST_F(FunctionSetupTest, KnownServersHaveTheirLayout) {
  EXPECT_EQ(begin("redis", "8.0.2").layout(), layout::hash_field_expiry);
  EXPECT_EQ(begin("redis", "10.1.0").layout(), layout::hash_field_expiry);
  EXPECT_EQ(begin("redis", "7.0.15").layout(), layout::three_set);
  EXPECT_EQ(begin("redis", "7.4.1").layout(), layout::three_set);
  EXPECT_EQ(begin("valkey", "9.1.2").layout(), layout::hash_field_expiry);
  EXPECT_EQ(begin("valkey", "8.0.0").layout(), layout::three_set);
  EXPECT_EQ(begin("valkey", "7.2.4").layout(), layout::three_set);
}

TEST_F(FunctionSetupTest, ChosenLayoutIsNotQuestioned) {
  EXPECT_EQ(begin("redis", "8.0.2", layout::three_set).layout(),
            layout::three_set);
  EXPECT_EQ(begin("dragonfly", "1", layout::hash_field_expiry).request(now),
            list());
}

TEST_F(FunctionSetupTest, UnknownServerIsAskedForHsetex) {
  auto question = command{"COMMAND", "INFO", "HSETEX"}.bytes();
  for (auto [name, version] : {std::pair{"dragonfly", "1.2"},
                               {"redis", ""},
                               {"redis", "6.2"},
                               {"", ""},
                               {"redis", "x8"}}) {
    auto x = begin(name, version);
    EXPECT_EQ(x.request(now), question) << name << version;
    EXPECT_EQ(x.needs(), permission::functions);
  }
}

TEST_F(FunctionSetupTest, ServerThatKnowsHsetexGetsTheHashLayout) {
  auto x = begin("other", "1");
  auto info
    = reply::of_array({reply::of_bulk("hsetex"), reply::of_integer(-6)});
  EXPECT_EQ(x.on_reply(reply::of_array({info})), progress::next);
  EXPECT_EQ(x.layout(), layout::hash_field_expiry);
  EXPECT_EQ(x.request(now), list());
}

TEST_F(FunctionSetupTest, ServerThatDoesNotGetsThreeSets) {
  for (auto& answer :
       {reply::of_array({reply::of_nil()}), reply::of_array({}),
        reply::of_array({reply::of_array({})}), reply::of_nil()}) {
    auto x = begin("other", "1");
    EXPECT_EQ(x.on_reply(answer), progress::next);
    EXPECT_EQ(x.layout(), layout::three_set);
  }
}

TEST_F(FunctionSetupTest, ServerThatMayNotBeAskedIsAFailure) {
  auto x = begin("other", "1");
  EXPECT_EQ(x.on_reply(noperm), progress::failed);
  EXPECT_EQ(code_of(x.failure()), ec::misconfigured);
}

// -- is the library there -----------------------------------------------------

TEST_F(FunctionSetupTest, LibraryThatIsThereIsOnlyTested) {
  auto x = begin();
  EXPECT_EQ(x.request(now), list());
  EXPECT_EQ(x.needs(), permission::functions);
  EXPECT_EQ(x.on_reply(listed(library, library.code)), progress::next);

  EXPECT_EQ(x.request(now), probe());
  EXPECT_EQ(x.needs(), permission::data);
  EXPECT_EQ(x.on_reply(reply::of_bulk("OK")), progress::done);
  EXPECT_FALSE(x.loaded());
}

TEST_F(FunctionSetupTest, OtherCodeUnderOurNameIsRefused) {
  for (auto& answer :
       {listed(library, library.code + " "), listed(library, ""),
        reply::of_array({reply::of_nil()}),
        reply::of_array({reply::of_array({reply::of_bulk("library_code")})})}) {
    auto x = begin();
    EXPECT_EQ(x.on_reply(answer), progress::failed);
    EXPECT_EQ(code_of(x.failure()), ec::misconfigured);
    EXPECT_EQ(text_of(x), "misconfigured: the server holds another library "
                          "under the name "
                            + library.name
                            + "; somebody has changed it, remove it");
  }
}

TEST_F(FunctionSetupTest, ListOfAnotherFormIsRefused) {
  auto x = begin();
  EXPECT_EQ(x.on_reply(ok), progress::failed);
  EXPECT_EQ(code_of(x.failure()), ec::misconfigured);
}

TEST_F(FunctionSetupTest, AccountThatMayNotListTestsAtOnce) {
  auto x = begin();
  EXPECT_EQ(x.on_reply(noperm), progress::next);
  EXPECT_EQ(x.request(now), probe());
  EXPECT_EQ(x.on_reply(reply::of_bulk("OK")), progress::done);
}

TEST_F(FunctionSetupTest, AccountThatMayNotListMayStillLoad) {
  auto x = begin();
  x.on_reply(noperm);
  EXPECT_EQ(x.on_reply(function_not_found), progress::next);
  EXPECT_EQ(x.request(now), load());
  EXPECT_EQ(x.needs(), permission::functions);
  EXPECT_EQ(x.on_reply(reply::of_bulk(library.name)), progress::next);
  EXPECT_EQ(x.request(now), probe());
}

TEST_F(FunctionSetupTest, ServerThatIsLoadingIsUnavailable) {
  auto x = begin();
  EXPECT_EQ(x.on_reply(reply::of_error("LOADING Redis is loading the dataset "
                                       "in memory")),
            progress::failed);
  EXPECT_EQ(code_of(x.failure()), ec::unavailable);
}

// -- loading ------------------------------------------------------------------

TEST_F(FunctionSetupTest, MissingLibraryIsLoadedAndTested) {
  auto x = at_load();
  EXPECT_EQ(x.needs(), permission::functions);
  EXPECT_EQ(x.on_reply(reply::of_bulk(library.name)), progress::next);
  EXPECT_TRUE(x.loaded());
  EXPECT_EQ(x.request(now), probe());
  EXPECT_EQ(x.on_reply(reply::of_bulk("OK")), progress::done);
}

TEST_F(FunctionSetupTest, LoserOfARaceLooksAtWhatTheWinnerLoaded) {
  auto race
    = reply::of_error("ERR Library '" + library.name + "' already exists");
  auto x = at_load();
  EXPECT_EQ(x.on_reply(race), progress::next);
  EXPECT_EQ(x.request(now), list());

  // The same code, or another.
  auto y = x;
  EXPECT_EQ(x.on_reply(listed(library, library.code)), progress::next);
  EXPECT_EQ(x.request(now), probe());
  EXPECT_FALSE(x.loaded());
  EXPECT_EQ(y.on_reply(listed(library, "other")), progress::failed);
}

TEST_F(FunctionSetupTest, LibraryThatComesAndGoesIsTriedLater) {
  auto x = at_load();
  x.on_reply(reply::of_error("ERR Library 'x' already exists"));
  EXPECT_EQ(x.on_reply(nothing_listed), progress::failed);
  EXPECT_EQ(code_of(x.failure()), ec::unavailable);
}

TEST_F(FunctionSetupTest, AccountThatMayNotLoadIsToldThePermission) {
  auto x = at_load();
  EXPECT_EQ(
    x.on_reply(reply::of_error("NOPERM User app has no permissions to run "
                               "the 'function|load' command")),
    progress::failed);
  EXPECT_EQ(text_of(x), "misconfigured: the function library " + library.name
                          + " is not in the server and the account lacks the "
                            "permission +function|load to bring it");
}

TEST_F(FunctionSetupTest, FullServerCannotTakeTheLibrary) {
  auto x = at_load();
  EXPECT_EQ(x.on_reply(reply::of_error(
              "OOM command not allowed when used memory > 'maxmemory'.")),
            progress::failed);
  EXPECT_EQ(code_of(x.failure()), ec::refused);
}

TEST_F(FunctionSetupTest, CodeTheServerDoesNotAcceptIsMisconfigured) {
  auto x = at_load();
  EXPECT_EQ(x.on_reply(reply::of_error(
              "ERR Error compiling function: @user_function:1: nonsense")),
            progress::failed);
  EXPECT_EQ(code_of(x.failure()), ec::misconfigured);
  EXPECT_EQ(text_of(x).find("nonsense"), std::string::npos);
}

TEST_F(FunctionSetupTest, PreloadedLibraryIsNeverLoaded) {
  settings.functions = function_loading::preloaded;

  auto x = begin();
  EXPECT_EQ(x.on_reply(nothing_listed), progress::failed);
  EXPECT_EQ(text_of(x), "misconfigured: the function library " + library.name
                          + " is not in the server, and the option functions "
                            "says preloaded");

  // Nor when the list is forbidden.
  auto y = begin();
  y.on_reply(noperm);
  EXPECT_EQ(y.on_reply(function_not_found), progress::failed);
}

TEST_F(FunctionSetupTest, PreloadedLibraryThatIsThereWorks) {
  settings.functions = function_loading::preloaded;
  auto x = at_probe();
  EXPECT_EQ(x.on_reply(reply::of_bulk("OK")), progress::done);
}

// -- the self-test ------------------------------------------------------------

TEST_F(FunctionSetupTest, DeniedCommandIsNamed) {
  auto x = at_probe();
  EXPECT_EQ(x.on_reply(reply::of_bulk("DENIED hsetex")), progress::failed);
  EXPECT_EQ(text_of(x),
            "misconfigured: the account lacks the permission "
            "+hsetex on keys that begin with the option key_prefix");
}

TEST_F(FunctionSetupTest, CommandTheServerLacksIsNamed) {
  auto x = at_probe();
  EXPECT_EQ(x.on_reply(reply::of_bulk("MISSING hsetex")), progress::failed);
  EXPECT_EQ(text_of(x),
            "misconfigured: the server has no command hsetex, which "
            "the chosen layout needs; set the option layout to auto");
}

TEST_F(FunctionSetupTest, StrangeAnswerIsNotEchoed) {
  for (auto& answer :
       {reply::of_bulk("DENIED <script>"), reply::of_bulk("DENIED "),
        reply::of_bulk("DENIED " + std::string(100, 'a')),
        reply::of_bulk("MISSING <script>"), reply::of_bulk("EXPIRED"),
        reply::of_nil(), reply::of_integer(1)}) {
    auto x = at_probe();
    EXPECT_EQ(x.on_reply(answer), progress::failed);
    EXPECT_EQ(text_of(x), "misconfigured: the functions' self-test failed");
  }
}

TEST_F(FunctionSetupTest, DeniedKeysAreToldByTheOption) {
  auto x = at_probe();
  EXPECT_EQ(x.on_reply(reply::of_error("NOPERM No permissions to access a "
                                       "key")),
            progress::failed);
  EXPECT_EQ(text_of(x), "misconfigured: the account has no permission for the "
                        "keys that begin with the option key_prefix");
}

TEST_F(FunctionSetupTest, DeniedCallIsNamed) {
  auto x = at_probe();
  EXPECT_EQ(x.on_reply(reply::of_error("NOPERM User app has no permissions to "
                                       "run the 'fcall' command")),
            progress::failed);
  EXPECT_EQ(code_of(x.failure()), ec::misconfigured);
  EXPECT_NE(text_of(x).find("'fcall'"), std::string::npos);
}

TEST_F(FunctionSetupTest, LibraryThatVanishesBeforeTheTestIsLoadedOnce) {
  auto x = at_probe();
  EXPECT_EQ(x.on_reply(function_not_found), progress::next);
  EXPECT_EQ(x.request(now), load());
  EXPECT_EQ(x.on_reply(reply::of_bulk(library.name)), progress::next);
  EXPECT_EQ(x.on_reply(function_not_found), progress::failed);
  EXPECT_EQ(code_of(x.failure()), ec::unavailable);
}

} // namespace
