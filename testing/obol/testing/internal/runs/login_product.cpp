#include "obol/testing/internal/runs/workloads.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;

/// Sessions end after so long unless they are refreshed; some end while the
/// world still goes on.
constexpr std::int64_t lifetime_short_s = 4;
constexpr std::int64_t lifetime_long_s = 100'000;

/// Users who log in, come back, look at where they are logged in, and log out.
class login_product final : public workload {
public:
  explicit login_product(stage where) : stage_(std::move(where)) {
  }

  void start() override {
    auto& random = stage_.random;
    auto users = static_cast<std::uint32_t>(random.between(1, 3));
    auto devices = static_cast<std::size_t>(random.between(2, 6));
    auto steps = static_cast<int>(random.between(6, 14));
    think_max_ = 2 * stage_.length / steps;
    for (std::size_t i = 0; i < devices; ++i) {
      auto& store = stage_.stores[random.below(stage_.stores.size())];
      auto set = 1 + static_cast<std::uint32_t>(i) % users;
      devices_.push_back({stage_.recorder.join(store), set, steps, {}});
    }
    at_work_ = devices_.size();
    for (auto& x : devices_)
      think(x);
  }

  bool finished() const override {
    return at_work_ == 0;
  }

private:
  /// A browser of one user; logged in while it has a session.
  struct device {
    recorder::client who;
    std::uint32_t set = 0;
    int left = 0;
    std::optional<std::pair<session_name, session>> login;
  };

  void think(device& x) {
    if (x.left == 0) {
      --at_work_;
      return;
    }
    --x.left;
    auto pause = stage_.random.between(duration{}, think_max_);
    stage_.world.time.after(pause, [this, &x] { act(x); });
  }

  auto then_think(device& x) {
    return [this, &x](auto&) { think(x); };
  }

  void act(device& x) {
    if (!x.login) {
      log_in(x);
      return;
    }
    auto& recorder = stage_.recorder;
    auto name = x.login->first;
    auto dice = stage_.random.below(100);
    if (dice < 40) {
      refresh(x);
    } else if (dice < 60) {
      recorder.get_all(x.who, x.set, then_think(x));
    } else if (dice < 78) {
      recorder.get(x.who, name, then_think(x));
    } else if (dice < 86) {
      x.login.reset();
      recorder.remove(x.who, name, then_think(x));
    } else if (dice < 91) {
      recorder.remove_others(x.who, name, then_think(x));
    } else if (dice < 95) {
      x.login.reset();
      recorder.remove_all(x.who, x.set, then_think(x));
    } else {
      auto before = stage_.world.unix_seconds() - stage_.random.between(0, 3);
      recorder.revoke_before(x.who, x.set, before, then_think(x));
    }
  }

  void log_in(device& x) {
    auto& recorder = stage_.recorder;
    auto name = recorder.new_session(x.set);
    auto begin = recorder.fresh(name, lifetime());
    recorder.upsert(x.who, name, std::move(begin), stage_.mistake,
                    [this, &x, name](auto& answer) {
                      if (answer)
                        x.login.emplace(name, *answer);
                      think(x);
                    });
  }

  /// As a product does it: reads, renews the tokens, stores.
  void refresh(device& x) {
    auto name = x.login->first;
    stage_.recorder.get(x.who, name, [this, &x, name](auto& answer) {
      if (!answer) {
        think(x);
        return;
      }
      if (!answer->session) {
        x.login.reset();
        think(x);
        return;
      }
      renew(x, name, *answer->session);
    });
  }

  void renew(device& x, session_name name, session found) {
    found.refresh_expires_at = stage_.world.unix_seconds() + lifetime();
    stage_.recorder.upsert(x.who, name, std::move(found), stage_.mistake,
                           [this, &x, name](auto& answer) {
                             if (!answer && code_of(answer.error()) == ec::gone)
                               x.login.reset();
                             think(x);
                           });
  }

  std::int64_t lifetime() {
    return stage_.random.chance(250) ? lifetime_short_s : lifetime_long_s;
  }

  stage stage_;
  std::vector<device> devices_;
  std::size_t at_work_ = 0;
  duration think_max_{};
};

} // namespace

std::unique_ptr<workload> make_login_product(stage where) {
  return std::make_unique<login_product>(std::move(where));
}

} // namespace obol::testing::internal
