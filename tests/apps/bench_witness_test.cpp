#include "bench/dataset.hpp"
#include "bench/history_witness.hpp"
#include "obol/testing/checker.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

using namespace std::chrono_literals;
using obol::get_answer;
using obol::get_request;
using obol::session;
using obol::upsert_request;
using obol::bench::history_witness;
using obol::bench::load_run;
using obol::bench::request;

namespace {

session first_session() {
  obol::options settings;
  settings.base_secret = obol::secret{std::string{"for tests"}};
  obol::bench::dataset data{
    settings, obol::layout::hash_field_expiry, {1, 300, 0, 0}};
  return data.fresh(0);
}

/// A witness, and what a store that obeys the rules would do with its requests.
class HistoryWitnessTest : public ::testing::Test {
protected:
  static constexpr std::size_t operations_max = 4;

  /// Asks for an upsert; @returns its number and the session as it is stored.
  std::pair<std::uint32_t, session> store(session x) {
    request what = upsert_request{std::move(x), {}};
    auto number = witness_.asked(1, what);
    auto stored = std::get<upsert_request>(what).session;
    ++stored.lock_version;
    return {number, std::move(stored)};
  }

  void read(const session& shown) {
    request what = get_request{shown.key(), {}};
    auto number = witness_.asked(2, what);
    witness_.answered(number, get_answer{shown});
  }

  obol::testing::verdict judge() {
    return obol::testing::check(witness_.take());
  }

  std::shared_ptr<load_run> run_ = std::make_shared<load_run>(1);
  history_witness witness_{run_, 2s, operations_max};
};

} // namespace

TEST_F(HistoryWitnessTest, AStoreThatObeysTheRulesIsAcquitted) {
  auto [first, one] = store(first_session());
  witness_.answered(first, one);
  auto [second, two] = store(one);
  witness_.answered(second, two);
  read(two);
  auto verdict = judge();
  EXPECT_TRUE(verdict.acquitted()) << to_string(verdict);
  EXPECT_EQ(verdict.counts.operations, 3u);
}

TEST_F(HistoryWitnessTest, AReadOfAnOldVersionIsConvicted) {
  auto [first, one] = store(first_session());
  witness_.answered(first, one);
  auto [second, two] = store(one);
  witness_.answered(second, two);
  read(one);
  EXPECT_FALSE(judge().acquitted());
}

TEST_F(HistoryWitnessTest, TwoWritersOfOneVersionAreConvicted) {
  auto [first, one] = store(first_session());
  witness_.answered(first, one);
  auto [second, two] = store(one);
  auto [third, other_two] = store(one);
  witness_.answered(second, two);
  witness_.answered(third, other_two);
  EXPECT_FALSE(judge().acquitted());
}

TEST_F(HistoryWitnessTest, TheLoadEndsWhenEnoughIsWrittenDown) {
  auto x = first_session();
  for (std::size_t i = 0; i < operations_max; ++i) {
    EXPECT_FALSE(run_->is_over());
    read(x);
  }
  EXPECT_TRUE(run_->is_over());
}
