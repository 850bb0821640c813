#include "obol/gateway.hpp"

#include "obol/message_inspect.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/unit.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support_actors/simulated_fleet.hpp"

namespace obol::test {

/// What somebody at another node is to do.
struct visitor_job {
  std::function<void(caf::event_based_actor*)> run;
};

} // namespace obol::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::test::visitor_job)

namespace obol::test {
namespace {

using namespace std::chrono_literals;

/// With an argument: CAF 0.17.6 makes a reference of a null pointer without.
caf::behavior visitor(caf::event_based_actor* self, caf::unit_t) {
  self->set_default_handler(caf::drop);
  return {[self](const visitor_job& job) { job.run(self); }};
}

class GatewayTest : public ::testing::Test {
protected:
  ~GatewayTest() override {
    caf::anon_send_exit(visitor_, caf::exit_reason::user_shutdown);
    visitor_ = nullptr;
    fleet->sim.run();
  }

  void start(gateway_limits limits = {},
             options settings = simulated_store::small_options()) {
    fleet.emplace(1, limits, std::move(settings));
    fleet->start_nodes();
    visitor_ = fleet->sim.system().spawn(visitor, caf::unit);
  }

  /// Asked at the next `run`.
  template <class Answer, class Request>
  void ask(const Request& what) {
    auto to = caf::actor_cast<caf::actor>(fleet->gateway(0));
    visitor_job job{[this, to, what](caf::event_based_actor* self) {
      self->request(to, caf::infinite, what)
        .then(
          [this](const Answer& x) { answers.push_back(caf::make_message(x)); },
          [this](caf::error& x) {
            answers.push_back(caf::make_message(std::move(x)));
          });
    }};
    caf::anon_send(visitor_, std::move(job));
  }

  void get(const std::string& id) {
    ask<get_answer>(get_request{fleet->sim.sample(id).key(), 1s});
  }

  std::optional<ec> code(std::size_t i) const {
    if (i >= answers.size() || !answers[i].match_elements<caf::error>())
      return std::nullopt;
    return code_of(answers[i].get_as<caf::error>(0));
  }

  std::string text(std::size_t i) const {
    return describe(answers.at(i).get_as<caf::error>(0));
  }

  std::optional<simulated_fleet> fleet;
  /// In the order they came.
  std::vector<caf::message> answers;
  caf::actor visitor_;
};

TEST_F(GatewayTest, PeerStoresFindsAndDeletes) {
  start();
  auto& sim = fleet->sim;
  ask<session>(upsert_request{sim.sample(), 1s});
  sim.run();
  get("sid");
  sim.run();
  ask<removed>(delete_request{sim.sample().key(), 1s});
  sim.run();

  ASSERT_EQ(answers.size(), 3u);
  ASSERT_TRUE(answers[0].match_elements<session>());
  EXPECT_EQ(answers[0].get_as<session>(0).lock_version, 1);
  ASSERT_TRUE(answers[1].match_elements<get_answer>());
  EXPECT_TRUE(answers[1].get_as<get_answer>(0).session);
  ASSERT_TRUE(answers[2].match_elements<removed>());
  EXPECT_EQ(answers[2].get_as<removed>(0).count, 1);
  EXPECT_EQ(fleet->desk(0).in_flight(), 0u);
}

TEST_F(GatewayTest, ErrorsOfTheStorePassUnchanged) {
  start();
  auto stale = fleet->sim.sample();
  stale.lock_version = 3;
  ask<session>(upsert_request{stale, 1s});
  fleet->sim.run();
  EXPECT_EQ(code(0), ec::gone);
}

TEST_F(GatewayTest, StoreThatIsNotReadyIsUnavailableAtOnce) {
  fleet.emplace(1);
  fleet->sim.network->refuse_connects(true);
  fleet->start_nodes();
  visitor_ = fleet->sim.system().spawn(visitor, caf::unit);
  get("sid");
  ask<node_report>(probe_request{});
  fleet->sim.run();
  EXPECT_EQ(code(0), ec::unavailable);
  ASSERT_TRUE(answers.at(1).match_elements<node_report>());
  EXPECT_EQ(answers[1].get_as<node_report>(0).status.phase,
            pool_phase::not_ready);
  EXPECT_EQ(answers[1].get_as<node_report>(0).server_ms, 0);
}

TEST_F(GatewayTest, ReportTellsTheServersClockAndWhetherCopiesAreRecognised) {
  start();
  ask<node_report>(probe_request{});
  fleet->sim.run();
  ASSERT_TRUE(answers.at(0).match_elements<node_report>());
  auto& report = answers[0].get_as<node_report>(0);
  EXPECT_EQ(report.status.phase, pool_phase::ready);
  EXPECT_EQ(report.server_ms, fleet->sim.unix_ms());
  EXPECT_TRUE(report.recognises_copies);
}

TEST_F(GatewayTest, LimitIsToldAtOnceAndEndsWithTheRequests) {
  // Given a server that is silent, and room for two
  gateway_limits limits;
  limits.max_in_flight_per_peer = 2;
  start(limits);
  fleet->sim.network->pause_server(true);

  // When there are three
  for (auto id : {"a", "b", "c"})
    get(id);
  fleet->sim.run();

  // Then the third is turned away, with the name of the limit.
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(code(0), ec::overloaded);
  EXPECT_NE(text(0).find("limits.max_in_flight_per_peer"), std::string::npos);
  EXPECT_EQ(fleet->desk(0).in_flight(), 2u);

  fleet->sim.network->pause_server(false);
  fleet->sim.run();
  EXPECT_EQ(answers.size(), 3u);
  get("d");
  fleet->sim.run();
  EXPECT_TRUE(answers.at(3).match_elements<get_answer>());
}

TEST_F(GatewayTest, LargePayloadGoesNoFurther) {
  auto settings = simulated_store::small_options();
  settings.max_session_bytes = 1024;
  start({}, std::move(settings));
  auto large = fleet->sim.sample();
  large.extra_payload = *extra_payload::from_json(
    "{\"x\":\"" + std::string(2000, 'y') + "\"}");
  auto sent = fleet->sim.redis->requests().size();
  ask<session>(upsert_request{large, 1s});
  fleet->sim.run();
  EXPECT_EQ(code(0), ec::invalid_argument);
  EXPECT_NE(text(0).find("max_session_bytes"), std::string::npos);
  EXPECT_EQ(fleet->sim.redis->requests().size(), sent);
}

TEST_F(GatewayTest, OtherMessagesAreRefusedOrDroppedAndDoNoHarm) {
  start();
  auto target = caf::actor_cast<caf::actor>(fleet->gateway(0));
  ask<store_status>(wait_ready_request{1s});
  ask<int>(std::string{"secret"});
  caf::anon_send(target, drain_atom::value);
  caf::anon_send(target, std::string{"secret"});
  caf::anon_send_exit(target, caf::exit_reason::kill);
  fleet->sim.run();
  EXPECT_EQ(code(0), ec::invalid_argument);
  EXPECT_EQ(code(1), ec::invalid_argument);

  get("sid");
  fleet->sim.run();
  EXPECT_TRUE(answers.at(2).match_elements<get_answer>());
}

TEST_F(GatewayTest, AnswersThatNobodyAskedForReachNobody) {
  start();
  fleet->sim.network->pause_server(true);
  get("sid");
  fleet->sim.run();

  // Numbers of requests that a peer could think of
  auto target
    = caf::actor_cast<caf::strong_actor_ptr>(fleet->gateway(0));
  for (std::uint64_t id = 1; id < 5000; ++id)
    target->enqueue(nullptr, caf::make_message_id(id).response_id(),
                    caf::make_message(get_answer{}), nullptr);
  fleet->sim.run();
  EXPECT_TRUE(answers.empty());

  fleet->sim.network->pause_server(false);
  fleet->sim.run();
  EXPECT_EQ(answers.size(), 1u);
}

TEST_F(GatewayTest, DrainingTurnsAwayAndFinishes) {
  start();
  fleet->sim.network->pause_server(true);
  get("a");
  fleet->sim.run();
  fleet->desk(0).draining = true;
  get("b");
  fleet->sim.run();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(code(0), ec::shutting_down);

  fleet->sim.network->pause_server(false);
  fleet->sim.run();
  EXPECT_TRUE(answers.at(1).match_elements<get_answer>());
  EXPECT_EQ(fleet->desk(0).in_flight(), 0u);
}

TEST_F(GatewayTest, StoppedStoreIsShuttingDown) {
  start();
  fleet->sim.stop();
  get("sid");
  fleet->sim.run();
  EXPECT_EQ(code(0), ec::shutting_down);
  EXPECT_EQ(fleet->desk(0).in_flight(), 0u);
}

// -- copies of an upsert ------------------------------------------------------

TEST_F(GatewayTest, CopyWithTheSameIdIsRecognised) {
  start();
  auto& sim = fleet->sim;
  upsert_request copy{sim.sample(), 1s, {7, sim.unix_ms() + 700, false}};
  ask<session>(copy);
  sim.run();
  copy.origin.repeated = true;
  ask<session>(copy);
  sim.run();

  ASSERT_TRUE(answers.at(1).match_elements<session>());
  EXPECT_EQ(answers[1].get_as<session>(0).lock_version, 1);
  EXPECT_EQ(sim.server.writes, 1u);
}

TEST_F(GatewayTest, UpsertWithAnotherIdConflicts) {
  start();
  auto& sim = fleet->sim;
  ask<session>(upsert_request{sim.sample(), 1s, {7, sim.unix_ms() + 700}});
  ask<session>(upsert_request{sim.sample(), 1s, {8, sim.unix_ms() + 700}});
  sim.run();
  EXPECT_TRUE(answers.at(0).match_elements<session>());
  EXPECT_EQ(code(1), ec::conflict);
}

TEST_F(GatewayTest, CopyOfASessionThatIsGoneIsInDoubtWithItsToken) {
  start();
  auto& sim = fleet->sim;
  auto stale = sim.sample();
  stale.lock_version = 3;
  ask<session>(upsert_request{stale, 1s, {7, sim.unix_ms() + 700, true}});
  sim.run();
  EXPECT_EQ(code(0), ec::outcome_unknown);
  auto token = token_of(answers.at(0).get_as<caf::error>(0));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->operation_id, "0000000000000007");
  EXPECT_EQ(token->lock_version, 4);
}

TEST_F(GatewayTest, CopyThatArrivesAfterItsDeadlineIsNotWritten) {
  start();
  auto& sim = fleet->sim;
  ask<session>(upsert_request{sim.sample(), 1s, {7, sim.unix_ms() - 1}});
  sim.run();
  EXPECT_EQ(code(0), ec::deadline_exceeded);
  EXPECT_EQ(sim.server.writes, 0u);
}

TEST_F(GatewayTest, DeadlinesBeyondReasonAndHalfOriginsAreRefused) {
  start();
  auto& sim = fleet->sim;
  ask<session>(upsert_request{sim.sample(), 1s, {7, sim.unix_ms() + 60'000}});
  ask<session>(upsert_request{sim.sample(), 1s, {7, 0}});
  ask<session>(upsert_request{sim.sample(), 1s, {0, sim.unix_ms() + 700}});
  sim.run();
  for (auto i : {0u, 1u, 2u})
    EXPECT_EQ(code(i), ec::invalid_argument);
  EXPECT_EQ(sim.server.writes, 0u);
}

TEST_F(GatewayTest, CopyIsNotSentBlindlyWithTheRuleOfCharon) {
  auto settings = simulated_store::small_options();
  settings.write_guard = write_guard::charon;
  start({}, std::move(settings));
  auto& sim = fleet->sim;
  ask<session>(upsert_request{sim.sample(), 1s, {7, sim.unix_ms() + 700, true}});
  sim.run();
  EXPECT_EQ(code(0), ec::outcome_unknown);
  EXPECT_EQ(sim.server.writes, 0u);
}

} // namespace
} // namespace obol::test
