#include "obol/testing/internal/runs/workloads.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t lifetime_s = 100'000;

/// How often in a thousand a burst ends with the death of its client, and a run
/// with the end of its stores.
constexpr std::uint32_t death_permille = 120;
constexpr std::uint32_t stop_permille = 350;

/// Bursts of requests, more than the connections and the queue can take.
class pool_stress final : public workload {
public:
  explicit pool_stress(stage where) : stage_(std::move(where)) {
  }

  void start() override {
    auto& random = stage_.random;
    for (std::uint32_t i = 0; i < 6; ++i)
      sessions_.push_back(stage_.recorder.new_session(1 + i % 2));
    auto bursts = random.between(2, 5);
    for (std::int64_t i = 0; i < bursts; ++i) {
      ++pending_;
      auto when = random.between(duration{}, stage_.length);
      stage_.world.time.after(when, [this] { burst(); });
    }
    if (random.chance(stop_permille)) {
      ++pending_;
      auto when = random.between(stage_.length / 2, stage_.length);
      stage_.world.time.after(when, [this] { stop(); });
    }
  }

  bool finished() const override {
    return pending_ == 0;
  }

  bool stopped_stores() const override {
    return stopped_;
  }

private:
  void burst() {
    --pending_;
    auto& random = stage_.random;
    auto& store = stage_.stores[random.below(stage_.stores.size())];
    auto who = stage_.recorder.join(store);
    auto count = random.between(4, 24);
    for (std::int64_t i = 0; i < count; ++i)
      request(who, sessions_[random.below(sessions_.size())]);
    if (!random.chance(death_permille))
      return;
    ++pending_;
    auto when = random.between(duration{}, duration{4ms});
    stage_.world.time.after(when, [this, who] {
      --pending_;
      stage_.recorder.kill(who);
    });
  }

  void request(const recorder::client& who, session_name name) {
    auto& recorder = stage_.recorder;
    auto timeout = stage_.random.chance(200)
                     ? stage_.random.between(duration{1ms}, duration{80ms})
                     : duration{};
    if (stage_.random.chance(850)) {
      recorder.get(who, name, nullptr, timeout);
      return;
    }
    auto fresh_name = recorder.new_session(name.set);
    recorder.upsert(who, fresh_name, recorder.fresh(fresh_name, lifetime_s),
                    stage_.mistake, nullptr, timeout);
  }

  void stop() {
    --pending_;
    stopped_ = true;
    stage_.world.stop_stores();
  }

  stage stage_;
  std::vector<session_name> sessions_;
  int pending_ = 0;
  bool stopped_ = false;
};

} // namespace

std::unique_ptr<workload> make_pool_stress(stage where) {
  return std::make_unique<pool_stress>(std::move(where));
}

} // namespace obol::testing::internal
