#include "obol/internal/connection_fsm.hpp"

#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using obol::internal::connection_fsm;
using obol::internal::instant;
using phase = connection_fsm::phase;
using due = connection_fsm::due;

const instant start{};

constexpr phase phases[]
  = {phase::disconnected, phase::connecting, phase::handshaking,
     phase::ready,        phase::draining,   phase::stopped};

/// A machine that went from `disconnected` to that phase at `start`.
connection_fsm in(phase x) {
  static const std::vector<phase> ways[]
    = {{},
       {phase::connecting},
       {phase::connecting, phase::handshaking},
       {phase::connecting, phase::handshaking, phase::ready},
       {phase::connecting, phase::handshaking, phase::ready, phase::draining},
       {phase::stopped}};
  connection_fsm result{{2s, 500ms, 5s, 60s}};
  for (auto step : ways[static_cast<int>(x)])
    result.transition_to(step, start);
  return result;
}

const std::set<std::pair<phase, phase>> arcs{
  {phase::disconnected, phase::connecting},
  {phase::disconnected, phase::stopped},
  {phase::connecting, phase::handshaking},
  {phase::connecting, phase::disconnected},
  {phase::handshaking, phase::ready},
  {phase::handshaking, phase::disconnected},
  {phase::ready, phase::draining},
  {phase::ready, phase::disconnected},
  {phase::draining, phase::disconnected},
};

// -- phases -------------------------------------------------------------------

TEST(ConnectionFsmTest, BeginsDisconnected) {
  EXPECT_EQ(connection_fsm{}.current(), phase::disconnected);
}

TEST(ConnectionFsmTest, EveryArcOfTheDiagramCanBeTaken) {
  for (auto [from, to] : arcs) {
    auto x = in(from);
    ASSERT_EQ(x.current(), from);
    x.transition_to(to, start);
    EXPECT_EQ(x.current(), to);
  }
}

#ifndef NDEBUG
TEST(ConnectionFsmDeathTest, NoOtherArcCanBeTaken) {
  for (auto from : phases)
    for (auto to : phases)
      if (arcs.count({from, to}) == 0) {
        EXPECT_DEATH(in(from).transition_to(to, start), "has_arc")
          << to_string(from) << " -> " << to_string(to);
      }
}
#endif

TEST(ConnectionFsmTest, PhasesHaveNames) {
  std::set<std::string> names;
  for (auto x : phases)
    names.insert(to_string(x));
  EXPECT_EQ(names.size(), std::size(phases));
  EXPECT_EQ(to_string(phase::draining), "draining");
}

// -- time ---------------------------------------------------------------------

TEST(ConnectionFsmTest, ConnectAndHandshakeShareOneTimeout) {
  auto x = in(phase::connecting);
  EXPECT_EQ(x.look(start + 2s - 1ms, {}), due::nothing);
  EXPECT_EQ(x.look(start + 2s, {}), due::connect_timeout);

  x.transition_to(phase::handshaking, start + 1s);
  x.on_progress(start + 1500ms);
  EXPECT_EQ(x.look(start + 2s - 1ms, {}), due::nothing);
  EXPECT_EQ(x.look(start + 2s, {}), due::connect_timeout);
}

TEST(ConnectionFsmTest, EveryAttemptHasItsOwnTimeout) {
  auto x = in(phase::connecting);
  x.transition_to(phase::disconnected, start + 2s);
  x.transition_to(phase::connecting, start + 3s);
  EXPECT_EQ(x.look(start + 4s, {}), due::nothing);
  EXPECT_EQ(x.look(start + 5s, {}), due::connect_timeout);
}

TEST(ConnectionFsmTest, NothingIsDueWithoutAConnection) {
  EXPECT_EQ(in(phase::disconnected).look(start + 1h, {}), due::nothing);
  EXPECT_EQ(in(phase::stopped).look(start + 1h, {}), due::nothing);
}

TEST(ConnectionFsmTest, StallIsTheOldestRequestWithoutProgress) {
  auto x = in(phase::ready);
  auto sent = start + 3s;
  EXPECT_EQ(x.look(sent + 499ms, sent), due::nothing);
  EXPECT_EQ(x.look(sent + 500ms, sent), due::stalled);
}

TEST(ConnectionFsmTest, ProgressPutsOffAStall) {
  auto x = in(phase::ready);
  auto sent = start + 3s;
  x.on_progress(sent + 400ms);
  EXPECT_EQ(x.look(sent + 899ms, sent), due::nothing);
  EXPECT_EQ(x.look(sent + 900ms, sent), due::stalled);
}

TEST(ConnectionFsmTest, DrainingConnectionCanStall) {
  auto x = in(phase::draining);
  EXPECT_EQ(x.look(start + 499ms, start), due::nothing);
  EXPECT_EQ(x.look(start + 500ms, start), due::stalled);
  EXPECT_EQ(x.look(start + 1h, {}), due::nothing);
}

TEST(ConnectionFsmTest, ProbeIsDueAfterIdleTime) {
  auto x = in(phase::ready);
  EXPECT_EQ(x.look(start + 5s - 1ms, {}), due::nothing);
  EXPECT_EQ(x.look(start + 5s, {}), due::probe);

  x.on_progress(start + 5s);
  EXPECT_EQ(x.look(start + 9s, {}), due::nothing);
  EXPECT_EQ(x.look(start + 10s, {}), due::probe);
}

TEST(ConnectionFsmTest, RenewalIsDueAtTheEndOfTheLifetime) {
  auto x = in(phase::ready);
  x.on_progress(start + 59s);
  EXPECT_EQ(x.look(start + 60s - 1ms, {}), due::nothing);
  EXPECT_EQ(x.look(start + 60s, {}), due::renewal);
}

TEST(ConnectionFsmTest, ConnectionThatIsNeverIdleIsRenewedToo) {
  auto x = in(phase::ready);
  auto now = start + 60s;
  x.on_progress(now);
  EXPECT_EQ(x.look(now, now - 1ms), due::renewal);
}

TEST(ConnectionFsmTest, StallComesBeforeRenewal) {
  auto x = in(phase::ready);
  EXPECT_EQ(x.look(start + 60s, start + 59s), due::stalled);
}

TEST(ConnectionFsmTest, LifetimeIsCountedFromReady) {
  auto x = in(phase::handshaking);
  x.transition_to(phase::ready, start + 1s);
  x.on_progress(start + 59s);
  EXPECT_EQ(x.look(start + 60s, {}), due::nothing);
  EXPECT_EQ(x.look(start + 61s, {}), due::renewal);
}

TEST(ConnectionFsmTest, LifetimeOfZeroIsForever) {
  connection_fsm x{{2s, 500ms, 5s, 0s}};
  for (auto step : {phase::connecting, phase::handshaking, phase::ready})
    x.transition_to(step, start);
  x.on_progress(start + 1000h);
  EXPECT_EQ(x.look(start + 1000h, {}), due::nothing);
}

TEST(ConnectionFsmTest, NextLookIsTheFirstThatFindsSomething) {
  for (auto which : phases)
    for (auto oldest : {std::optional<instant>{}, std::optional{start - 100ms},
                        std::optional{start + 58s}}) {
      auto x = in(which);
      auto next = x.next_look(oldest);
      if (!next) {
        EXPECT_EQ(x.look(start + 1000h, oldest), due::nothing);
        continue;
      }
      EXPECT_EQ(x.look(*next - 1ns, oldest), due::nothing) << to_string(which);
      EXPECT_NE(x.look(*next, oldest), due::nothing) << to_string(which);
    }
}

TEST(ConnectionFsmTest, TimeAloneBringsNothingAboutWithoutAConnection) {
  EXPECT_EQ(in(phase::disconnected).next_look({}), std::nullopt);
  EXPECT_EQ(in(phase::stopped).next_look({}), std::nullopt);
  EXPECT_EQ(in(phase::draining).next_look({}), std::nullopt);
}

} // namespace
