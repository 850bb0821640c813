#include "obol/error.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "serve/embedded_server.hpp"

using namespace obol;
using namespace std::chrono_literals;
using serve::embedded_server_actor;
using servers::server_event;
using testing::HasSubstr;

namespace {

/// What is asked of a server that only pretends, and its owner's ear.
struct fake_server {
  int starts = 0;
  int terminations = 0;
  int kills = 0;
  bool is_destroyed = false;
  servers::server_process::listener hear;
};

class fake_runner final : public servers::server_runner {
public:
  explicit fake_runner(fake_server& x) : server_(x) {
  }
  ~fake_runner() override {
    server_.is_destroyed = true;
    // As the real one does, lest it keeps its owner alive.
    server_.hear = nullptr;
  }
  void start() override {
    ++server_.starts;
  }
  void terminate() override {
    ++server_.terminations;
  }
  void kill() override {
    ++server_.kills;
  }

private:
  fake_server& server_;
};

struct deterministic_config : caf::actor_system_config {
  deterministic_config() {
    set("scheduler.policy", caf::atom("testing"));
  }
};

class EmbeddedServerTest : public testing::Test {
protected:
  EmbeddedServerTest() {
    serve::embedded_server_arguments arguments;
    arguments.make_runner = [this](auto hear) {
      server_.hear = std::move(hear);
      return std::make_unique<fake_runner>(server_);
    };
    arguments.random = internal::make_system_random_source();
    arguments.log = [this](log_level, std::string_view, std::string_view x) {
      log_ += std::string{x} + '\n';
    };
    actor_ = system_.spawn(serve::embedded_server, std::move(arguments));
    scheduler().run();
  }

  ~EmbeddedServerTest() override {
    if (!server_.is_destroyed) {
      stop();
      hear_end("in the end");
    }
    EXPECT_TRUE(server_.is_destroyed);
    actor_ = nullptr;
  }

  caf::scheduler::test_coordinator& scheduler() {
    return static_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  void hear_listening() {
    server_.hear({server_event::kind::listening, {}});
    scheduler().run();
  }

  void hear_end(const std::string& how) {
    if (server_.hear)
      server_.hear({server_event::kind::ended, how});
    scheduler().run();
  }

  void stop() {
    caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
    scheduler().run();
  }

  void advance(std::chrono::milliseconds time) {
    scheduler().advance_time(time);
    scheduler().run();
  }

  /// Whether somebody waits is told by what becomes of his question.
  struct answer {
    bool is_here = false;
    caf::error failure;
  };

  std::shared_ptr<answer> ask() {
    auto result = std::make_shared<answer>();
    system_.spawn(
      [](caf::event_based_actor* self, embedded_server_actor whom,
         std::shared_ptr<answer> to) {
        self->request(whom, caf::infinite, serve::wait_atom::value)
          .then([to](bool) { to->is_here = true; },
                [to](caf::error& x) {
                  to->is_here = true;
                  to->failure = std::move(x);
                });
      },
      actor_, result);
    scheduler().run();
    return result;
  }

  deterministic_config config_;
  caf::actor_system system_{config_};
  fake_server server_;
  std::string log_;
  embedded_server_actor actor_;
};

} // namespace

TEST_F(EmbeddedServerTest, WhoWaitsIsAnsweredWhenClientsCanConnect) {
  auto early = ask();
  EXPECT_FALSE(early->is_here);
  hear_listening();
  EXPECT_TRUE(early->is_here);
  EXPECT_FALSE(early->failure);
  EXPECT_FALSE(ask()->failure);
}

TEST_F(EmbeddedServerTest, AServerThatEndsFirstIsTheAnswer) {
  auto early = ask();
  hear_end("it has no memory");
  ASSERT_TRUE(early->is_here);
  EXPECT_EQ(code_of(early->failure), ec::unavailable);
  EXPECT_THAT(describe(early->failure), HasSubstr("it has no memory"));

  // Who asks later, before the next try, hears the same.
  EXPECT_THAT(describe(ask()->failure), HasSubstr("it has no memory"));
}

TEST_F(EmbeddedServerTest, AServerThatEndsIsStartedAgainAfterAPause) {
  // Given a server that ends,
  hear_listening();
  hear_end("it fell over");
  EXPECT_EQ(server_.starts, 1);
  EXPECT_THAT(log_, HasSubstr("it fell over"));

  // it is started once more, soon,
  advance(100ms);
  EXPECT_EQ(server_.starts, 2);

  // and only once.
  advance(60s);
  EXPECT_EQ(server_.starts, 2);
}

TEST_F(EmbeddedServerTest, PausesGrowWhileItFailsToABound) {
  // Given a server that fails twenty times,
  for (int i = 0; i < 20; ++i) {
    hear_end("no");
    advance(10s);
    ASSERT_EQ(server_.starts, i + 2) << "a pause is at most 10 s";
  }

  // one that ran for long enough is started again soon.
  hear_listening();
  advance(10s);
  hear_end("it fell over");
  advance(100ms);
  EXPECT_EQ(server_.starts, 22);
}

TEST_F(EmbeddedServerTest, AStopEndsTheServerBeforeTheActor) {
  hear_listening();
  stop();
  EXPECT_EQ(server_.terminations, 1);
  EXPECT_FALSE(server_.is_destroyed);
  hear_end("status 0");
  EXPECT_TRUE(server_.is_destroyed);
  EXPECT_EQ(server_.kills, 0);
}

TEST_F(EmbeddedServerTest, AServerThatDoesNotEndIsKilled) {
  hear_listening();
  stop();
  advance(8s);
  EXPECT_EQ(server_.kills, 1);
  hear_end("signal 9");
  EXPECT_TRUE(server_.is_destroyed);
}

TEST_F(EmbeddedServerTest, AStopDuringAPauseEndsTheActorAtOnce) {
  hear_end("no");
  stop();
  EXPECT_TRUE(server_.is_destroyed);
  EXPECT_EQ(server_.terminations, 0);
}

TEST_F(EmbeddedServerTest, AStopAnswersWhoWaits) {
  auto early = ask();
  stop();
  ASSERT_TRUE(early->is_here);
  EXPECT_EQ(code_of(early->failure), ec::shutting_down);
}
