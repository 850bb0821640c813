#include "bench/callback_loop.hpp"

#include "bench/caller.hpp"

#include <utility>

namespace obol::bench {

namespace {

/// A client without a thread or an actor: each answer sends the next request.
/// Lives until the run is over.
class callback_client final : public caller {
public:
  callback_client(facade& store, std::shared_ptr<load_run> run,
                  const play_rules& rules, std::uint64_t number)
    : caller(store), run_(std::move(run)), who_(rules, number) {
  }

  void begin() {
    call(who_);
  }

private:
  void on_end(player& who, progress outcome, const caf::error& why) override {
    auto now = steady::now();
    if (outcome == progress::done)
      run_->succeeded(now - begun_);
    else
      run_->failed(why);
    begun_ = now;
    if (!run_->is_over()) {
      call(who);
      return;
    }
    auto run = std::move(run_);
    delete this;
    run->leave();
  }

  std::shared_ptr<load_run> run_;
  player who_;
  steady::time_point begun_ = steady::now();
};

} // namespace

void start_callbacks(facade& store, const std::shared_ptr<load_run>& run,
                     const play_rules& rules, std::size_t clients) {
  for (std::size_t i = 0; i < clients; ++i)
    (new callback_client{store, run, rules, i})->begin();
}

} // namespace obol::bench
