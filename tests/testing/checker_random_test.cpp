#include "obol/testing/checker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "random_history.hpp"

namespace obol::testing {

namespace {

using kind = operation::kind;

using rules = std::set<std::string>;

rules rules_in(const verdict& x) {
  rules result;
  for (auto& found : x.violations)
    result.insert(found.rule);
  return result;
}

// -- histories that are right -------------------------------------------------

TEST(CheckerOfRandomHistories, AcquitsAllThatAreRight) {
  history_counts counts;
  for (std::uint64_t seed = 1; seed <= 800; ++seed) {
    auto verdict = check(make_random_history({seed}));
    ASSERT_TRUE(verdict.acquitted())
      << "seed " << seed << ": " << to_string(verdict);
    ASSERT_EQ(verdict.counted_losses, 0u);
    counts += verdict.counts;
  }
  // They are worth something only if much happens in them.
  EXPECT_GT(counts.upserts_applied, 10'000u);
  EXPECT_GT(counts.upserts_not_applied, 3'000u);
  EXPECT_GT(counts.upserts_in_doubt, 1'000u);
  EXPECT_GT(counts.sightings, 20'000u);
  EXPECT_GT(counts.removals, 5'000u);
  EXPECT_GT(counts.sessions, 5'000u);
  EXPECT_GE(counts.longest_chain, 10u);
}

TEST(CheckerOfRandomHistories, AcquitsAllInWhichTheServerLosesData) {
  std::size_t losses = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    auto verdict = check(
      make_random_history({.seed = seed, .losses = seed % 3 == 0 ? 2u : 1u}));
    ASSERT_TRUE(verdict.acquitted())
      << "seed " << seed << ": " << to_string(verdict);
    losses += verdict.counted_losses;
  }
  EXPECT_GT(losses, 300u);
}

TEST(CheckerOfRandomHistories, AcquitsLongOnesWithManyClients) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    auto verdict = check(make_random_history(
      {.seed = seed, .operations = 3'000, .clients = 30, .hot_sessions = 8}));
    ASSERT_TRUE(verdict.acquitted())
      << "seed " << seed << ": " << to_string(verdict);
  }
}

// -- stores that are wrong ----------------------------------------------------

struct flaw_case {
  testing::flaw flaw;
  const char* name;
  /// What it breaks in the first place, and in how many of 200 histories that
  /// shows at least.
  const char* rule;
  std::size_t shows;
};

class CheckerOfFlaws : public ::testing::TestWithParam<flaw_case> {};

TEST_P(CheckerOfFlaws, ConvictsTheStore) {
  std::size_t convicted = 0;
  std::size_t by_its_rule = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    auto found
      = rules_in(check(make_random_history({.seed = seed,
                                            .operations = 200,
                                            .clients = 4,
                                            .hot_sessions = 8,
                                            .flaw = GetParam().flaw})));
    convicted += found.empty() ? 0 : 1;
    by_its_rule += found.count(GetParam().rule);
  }
  RecordProperty("convicted", static_cast<int>(convicted));
  RecordProperty("by_its_rule", static_cast<int>(by_its_rule));
  EXPECT_GE(by_its_rule, GetParam().shows);
}

INSTANTIATE_TEST_SUITE_P(
  Flaws, CheckerOfFlaws,
  ::testing::Values(
    flaw_case{flaw::revives, "Revives", "R9", 150},
    flaw_case{flaw::conflicts_with_itself, "ConflictsWithItself", "R4", 150},
    flaw_case{flaw::reads_again, "ReadsAgain", "R8", 50},
    flaw_case{flaw::ignores_deadlines, "IgnoresDeadlines", "A5", 2},
    flaw_case{flaw::leaves_no_tombstone, "LeavesNoTombstone", "R9", 30},
    flaw_case{flaw::forgets_removals, "ForgetsRemovals", "R6", 30},
    flaw_case{flaw::calls_failures_absence, "CallsFailuresAbsence", "R6", 50}),
  [](const auto& x) { return x.param.name; });

// -- histories that are made wrong --------------------------------------------

/// One change of a right history that no order of events can explain. Answers
/// false if this one offers no place for it.
struct change {
  const char* name;
  /// Those of which it breaks one.
  rules broken;
  bool (*make)(history&);
};

bool may_be_removed(const history& all, const operation& reader) {
  return std::any_of(
    all.operations.begin(), all.operations.end(), [&](const operation& x) {
      return x.removes() && x.set == reader.set
             && (x.what != kind::remove || x.session == reader.session);
    });
}

bool go_back(history& all) {
  for (auto& write : all.operations) {
    if (write.what != kind::upsert || !write.succeeded() || write.base == 0)
      continue;
    for (auto& x : all.operations) {
      if (x.what != kind::get || x.session != write.session || x.seen.empty()
          || x.invoked <= write.completed)
        continue;
      auto& before = all.operations[write.chain[write.chain.size() - 2] - 1];
      x.seen[0] = {before.session, before.set, before.base + 1,
                   before.expires_at, before.chain};
      return before.expires_at >= x.invoked;
    }
  }
  return false;
}

bool resurrect(history& all) {
  for (auto& end : all.operations) {
    if (end.what != kind::remove || !end.succeeded())
      continue;
    auto seen = std::find_if(
      all.operations.begin(), all.operations.end(), [&](const operation& x) {
        return x.what == kind::get && x.session == end.session
               && !x.seen.empty();
      });
    for (auto& x : all.operations)
      if (seen != all.operations.end() && x.what == kind::get
          && x.session == end.session && x.succeeded() && x.seen.empty()
          && x.invoked > end.completed) {
        x.seen = seen->seen;
        return true;
      }
  }
  return false;
}

bool swap_replies(history& all) {
  operation* first = nullptr;
  for (auto& x : all.operations) {
    if (x.what != kind::get || x.seen.empty())
      continue;
    if (first && first->session != x.session) {
      std::swap(first->seen, x.seen);
      return true;
    }
    first = &x;
  }
  return false;
}

bool apply_again(history& all) {
  for (auto& x : all.operations)
    if (x.what == kind::get_all && !x.seen.empty()) {
      ++x.seen.back().version;
      return true;
    }
  return false;
}

bool deny(history& all) {
  for (auto& x : all.operations)
    for (auto& found : x.seen) {
      auto& write = all.operations[found.chain.back() - 1];
      if (write.number == x.number || !write.succeeded())
        continue;
      write.error = ec::conflict;
      write.seen.clear();
      return true;
    }
  return false;
}

bool lose_update(history& all) {
  for (std::size_t i = 0; i < all.operations.size(); ++i) {
    auto& x = all.operations[i];
    if (x.what != kind::get || x.seen.empty())
      continue;
    auto& write = all.operations[x.seen[0].chain.back() - 1];
    if (!write.succeeded())
      continue;
    auto rival = write;
    rival.number = static_cast<op_number>(all.operations.size() + 1);
    rival.chain.back() = rival.number;
    rival.error = ec::outcome_unknown;
    rival.seen.clear();
    x.seen[0].chain = rival.chain;
    all.operations.push_back(std::move(rival));
    return true;
  }
  return false;
}

bool hide(history& all) {
  for (auto& x : all.operations) {
    if (x.what != kind::get || x.seen.empty()
        || x.seen[0].expires_at < x.completed + std::chrono::seconds{5}
        || may_be_removed(all, x))
      continue;
    for (auto& before : all.operations)
      if (before.what == kind::get && before.session == x.session
          && !before.seen.empty() && before.completed < x.invoked
          && before.seen[0].version == x.seen[0].version) {
        x.seen.clear();
        return true;
      }
  }
  return false;
}

bool show_expired(history& all) {
  for (auto& x : all.operations) {
    if (x.what != kind::get || !x.succeeded() || !x.seen.empty())
      continue;
    for (auto& before : all.operations)
      if (before.what == kind::get && before.session == x.session
          && !before.seen.empty()
          && before.seen[0].expires_at < x.invoked - all.skew) {
        x.seen = before.seen;
        return true;
      }
  }
  return false;
}

bool leave_unanswered(history& all) {
  all.operations[all.operations.size() / 2].answers = 0;
  return true;
}

bool answer_twice(history& all) {
  all.operations[all.operations.size() / 2].answers = 2;
  return true;
}

bool answer_late(history& all) {
  auto& x = all.operations[all.operations.size() / 2];
  x.deadline = x.completed - std::chrono::seconds{1};
  return true;
}

class CheckerOfChanges : public ::testing::TestWithParam<change> {};

TEST_P(CheckerOfChanges, ConvictsEveryHistoryWithTheChange) {
  int changed = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    auto all = make_random_history({seed});
    if (!GetParam().make(all))
      continue;
    ++changed;
    auto verdict = check(all);
    auto found = rules_in(verdict);
    EXPECT_TRUE(
      std::any_of(found.begin(), found.end(),
                  [](auto& x) { return GetParam().broken.count(x) > 0; }))
      << "seed " << seed << ": " << to_string(verdict);
  }
  EXPECT_GE(changed, 10);
}

INSTANTIATE_TEST_SUITE_P(
  Changes, CheckerOfChanges,
  ::testing::Values(change{"GoBack", {"R6", "R7"}, go_back},
                    change{"Resurrect", {"R9"}, resurrect},
                    change{"SwapReplies", {"A3"}, swap_replies},
                    change{"ApplyAgain", {"R5"}, apply_again},
                    change{"Deny", {"R4"}, deny},
                    change{"LoseUpdate", {"R3"}, lose_update},
                    change{"Hide", {"R6"}, hide},
                    change{"ShowExpired", {"R11"}, show_expired},
                    change{"LeaveUnanswered", {"A1"}, leave_unanswered},
                    change{"AnswerTwice", {"A1"}, answer_twice},
                    change{"AnswerLate", {"A2"}, answer_late}),
  [](const auto& x) { return x.param.name; });

} // namespace

} // namespace obol::testing
