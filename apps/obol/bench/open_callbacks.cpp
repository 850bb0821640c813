#include "bench/caller.hpp"
#include "bench/open_loop.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace obol::bench {

namespace {

/// Requests under way at a time; more wait, and their latency grows.
constexpr std::size_t players_max = 1'024;

/// Makes the calls that are due on one thread; their callbacks come on those
/// of the facade.
class open_caller final : public caller {
public:
  open_caller(facade& store, std::shared_ptr<load_run> run,
              const play_rules& rules, const open_schedule& when)
    : caller(store), run_(std::move(run)), when_(when) {
    lanes_.reserve(players_max);
    for (std::size_t i = 0; i < players_max; ++i)
      lanes_.emplace_back(rules, i);
    for (auto& x : lanes_)
      idle_.push_back(&x);
  }

  void play() {
    for (std::uint64_t sent = 0; sent < when_.total;) {
      sleep_precisely_until(when_.sending(sent));
      for (auto due = when_.due_until(steady::now()); sent < due; ++sent)
        start(sent);
    }
    std::unique_lock guard{mutex_};
    all_idle_.wait(guard, [this] { return idle_.size() == lanes_.size(); });
    run_->leave();
  }

private:
  struct lane : player {
    using player::player;

    /// Of the request under way.
    std::uint64_t number = 0;
  };

  void start(std::uint64_t number) {
    lane* free = nullptr;
    {
      std::lock_guard guard{mutex_};
      if (idle_.empty()) {
        waiting_.push_back(number);
        return;
      }
      free = idle_.back();
      idle_.pop_back();
    }
    free->number = number;
    call(*free);
  }

  void on_end(player& who, progress outcome, const caf::error& why) override {
    auto& ended = static_cast<lane&>(who);
    if (outcome == progress::failed)
      run_->failed(why);
    else if (ended.number >= when_.warm_up)
      run_->count(steady::now() - when_.due(ended.number));
    std::unique_lock guard{mutex_};
    if (waiting_.empty()) {
      idle_.push_back(&ended);
      if (idle_.size() == lanes_.size())
        all_idle_.notify_one();
      return;
    }
    ended.number = waiting_.front();
    waiting_.pop_front();
    guard.unlock();
    call(who);
  }

  std::shared_ptr<load_run> run_;
  open_schedule when_;
  std::vector<lane> lanes_;
  std::mutex mutex_;
  // Guarded by mutex_, like the next one.
  std::vector<lane*> idle_;
  std::deque<std::uint64_t> waiting_;
  std::condition_variable all_idle_;
};

} // namespace

std::jthread start_open_callbacks(facade& store, std::shared_ptr<load_run> run,
                                  const play_rules& rules,
                                  const open_schedule& when,
                                  const sender_place& where) {
  auto all = std::make_shared<open_caller>(store, std::move(run), rules, when);
  return std::jthread{[all, where] {
    where.cpus.go_to(where.side);
    all->play();
  }};
}

} // namespace obol::bench
