#include "obol/testing/internal/runs/workloads.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t lifetime_s = 100'000;

/// Stores start on a server that is not there yet, is another than they expect,
/// or has other worries, while clients already knock.
class start_up final : public workload {
public:
  explicit start_up(stage where) : stage_(std::move(where)) {
  }

  void start() override {
    auto& random = stage_.random;
    trouble();
    for (auto& store : stage_.stores) {
      waiters_.push_back(stage_.recorder.join(store));
      ++pending_;
      stage_.recorder.wait_ready(waiters_.back(),
                                 random.between(duration{100ms}, duration{9s}),
                                 [this](auto&) { --pending_; });
      for (auto count = random.between(2, 6); count > 0; --count)
        knock(stage_.recorder.join(store));
    }
  }

  bool finished() const override {
    return pending_ == 0;
  }

private:
  void trouble() {
    auto& random = stage_.random;
    auto& faults = stage_.world.faults;
    auto spell = random.between(duration{50ms}, stage_.length);
    switch (random.below(7)) {
      case 0:
        faults.inject(fault::refuse_connect, spell);
        return;
      case 1:
        faults.inject(fault::hang_connect, spell);
        return;
      case 2:
        faults.inject(fault::slow_network, spell);
        return;
      case 3:
        faults.inject(fault::loading, spell);
        return;
      case 4:
        faults.inject(fault::maxclients, spell);
        return;
      case 5: {
        auto& server = stage_.world.host.server();
        server.password = "of another server";
        stage_.world.time.after(spell, [&server] { server.password.clear(); });
        return;
      }
      default:
        // The stores race for the functions.
        return;
    }
  }

  void knock(recorder::client who) {
    ++pending_;
    auto when = stage_.random.between(duration{}, stage_.length);
    stage_.world.time.after(when, [this, who] {
      auto name = stage_.recorder.new_session(1);
      stage_.recorder.upsert(who, name, stage_.recorder.fresh(name, lifetime_s),
                             stage_.mistake, [this, who, name](auto&) {
                               stage_.recorder.get(
                                 who, name, [this](auto&) { --pending_; });
                             });
    });
  }

  stage stage_;
  std::vector<recorder::client> waiters_;
  int pending_ = 0;
};

} // namespace

std::unique_ptr<workload> make_start_up(stage where) {
  return std::make_unique<start_up>(std::move(where));
}

} // namespace obol::testing::internal
