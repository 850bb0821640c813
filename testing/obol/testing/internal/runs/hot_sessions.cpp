#include "obol/testing/internal/runs/workloads.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;

/// A session is left alone from this version on, and another one begun: its
/// payload carries its whole history.
constexpr std::int64_t versions_max = 40;

constexpr std::int64_t lifetime_s = 100'000;

class hot_sessions final : public workload {
public:
  explicit hot_sessions(stage where) : stage_(std::move(where)) {
  }

  void start() override {
    auto& random = stage_.random;
    auto sets = static_cast<std::uint32_t>(random.between(1, 2));
    auto count = static_cast<std::uint32_t>(random.between(1, 3));
    for (std::uint32_t i = 0; i < count; ++i)
      hot_.push_back(stage_.recorder.new_session(1 + i % sets));
    mix_
      = {static_cast<std::uint32_t>(random.between(250, 600)),
         deletes_allowed() ? static_cast<std::uint32_t>(random.between(0, 80))
                           : 0};
    auto clients = static_cast<std::size_t>(random.between(2, 6));
    auto requests = static_cast<int>(random.between(5, 12));
    think_max_ = 2 * stage_.length / requests;
    for (std::size_t i = 0; i < clients; ++i) {
      auto& store = stage_.stores[i % stage_.stores.size()];
      players_.push_back({stage_.recorder.join(store), requests, 0, {}});
    }
    at_work_ = players_.size();
    for (auto& x : players_)
      think(x);
  }

  bool finished() const override {
    return at_work_ == 0;
  }

private:
  struct player {
    recorder::client who;
    int left = 0;
    op_number last_write = 0;
    /// What it has last seen of each hot session.
    std::vector<std::pair<session_name, session>> seen;
  };

  struct proportions {
    std::uint32_t upsert = 0;
    std::uint32_t remove = 0;
  };

  /// The rule to be convicted by its deletes has them, the others are to be
  /// convicted without.
  bool deletes_allowed() const {
    return stage_.mistake == known_bad::none
           || stage_.mistake == known_bad::charon_rule;
  }

  void think(player& x) {
    if (x.left == 0) {
      --at_work_;
      return;
    }
    --x.left;
    // Often no pause at all, so that requests meet.
    auto pause = stage_.random.chance(500)
                   ? stage_.random.between(duration{}, think_max_)
                   : stage_.random.between(duration{}, duration{2ms});
    stage_.world.time.after(pause, [this, &x] { act(x); });
  }

  void act(player& x) {
    auto& random = stage_.random;
    if (!removed_.empty() && random.chance(250)) {
      revisit(x, removed_[random.below(removed_.size())]);
      return;
    }
    auto& name = hot_[random.below(hot_.size())];
    auto dice = random.below(1000);
    if (dice < mix_.remove) {
      stage_.recorder.remove(x.who, name, [this, &x](auto&) { think(x); });
      removed_.push_back(name);
      name = stage_.recorder.new_session(name.set);
    } else if (dice < mix_.remove + mix_.upsert) {
      write(x, name);
    } else {
      read(x, name);
    }
  }

  /// Goes on with a session that somebody has removed. Its id is not used for
  /// another, so nobody begins at version 0 here.
  void revisit(player& x, session_name name) {
    auto known = seen_by(x, name);
    if (known != nullptr && known->lock_version > 0)
      write(x, name);
    else
      read(x, name);
  }

  session* seen_by(player& x, session_name name) {
    for (auto& y : x.seen)
      if (y.first == name)
        return &y.second;
    return nullptr;
  }

  void read(player& x, session_name name) {
    stage_.recorder.get(x.who, name, [this, &x, name](auto& answer) {
      if (answer && answer->session)
        remember(x, name, *answer->session);
      think(x);
    });
  }

  void write(player& x, session_name name) {
    auto known = seen_by(x, name);
    auto base
      = known == nullptr ? stage_.recorder.fresh(name, lifetime_s) : *known;
    if (base.lock_version >= versions_max)
      std::replace(hot_.begin(), hot_.end(), name,
                   stage_.recorder.new_session(name.set));
    x.last_write = stage_.recorder.upsert(
      x.who, name, std::move(base), stage_.mistake,
      [this, &x, name](auto& answer) {
        if (answer) {
          remember(x, name, *answer);
        } else {
          // Its copy is stale, or may be.
          std::erase_if(x.seen, [&](auto& y) { return y.first == name; });
          if (auto token = token_of(answer.error())) {
            find_out(x, *token);
            return;
          }
        }
        think(x);
      });
  }

  /// Asks what became of the last write, now or later.
  void find_out(player& x, const resolution_token& token) {
    auto pause = stage_.random.between(duration{}, duration{3s});
    stage_.world.time.after(pause, [this, &x, token] {
      stage_.recorder.resolve(x.who, x.last_write, token,
                              [this, &x](auto&) { think(x); });
    });
  }

  void remember(player& x, session_name name, const session& what) {
    if (auto known = seen_by(x, name))
      *known = what;
    else
      x.seen.emplace_back(name, what);
  }

  stage stage_;
  std::vector<session_name> hot_;
  std::vector<session_name> removed_;
  std::vector<player> players_;
  std::size_t at_work_ = 0;
  proportions mix_;
  duration think_max_{};
};

} // namespace

std::unique_ptr<workload> make_hot_sessions(stage where) {
  return std::make_unique<hot_sessions>(std::move(where));
}

} // namespace obol::testing::internal
