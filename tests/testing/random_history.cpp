#include "random_history.hpp"

#include "obol/testing/internal/random_stream.hpp"
#include "obol/testing/internal/timeline.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "model_store.hpp"

namespace obol::testing {

namespace {

using namespace std::chrono_literals;
using kind = operation::kind;
using outcome = model_store::outcome;

constexpr moment call_timeout = 2s;
constexpr moment time_to_write = 1500ms;
constexpr moment patience = 300ms;

class random_world {
public:
  explicit random_world(const random_history_settings& settings)
    : settings_(settings), random_(settings.seed),
      time_([this] { return internal::instant{now_}; }), store_(settings.flaw),
      views_(settings.clients + 1), hot_(settings.hot_sessions) {
    for (std::uint32_t i = 1; i <= settings.clients; ++i) {
      clock_errors_.push_back(random_.between(-300ms, 300ms));
      after(random_.between(0ms, 100ms), [this, i] { act(i); });
    }
    for (std::uint32_t i = 0; i < settings.losses; ++i)
      after(random_.between(500ms, 10s), [this] { lose(); });
    take_snapshots();
  }

  history run() {
    while (!time_.empty()) {
      now_ = time_.next().time_since_epoch();
      time_.run_next();
    }
    return std::move(history_);
  }

private:
  // -- time -------------------------------------------------------------------

  void after(moment wait, std::function<void()> what) {
    time_.at(internal::instant{now_ + wait}, std::move(what));
  }

  bool is_over() const {
    return history_.operations.size() >= settings_.operations;
  }

  void take_snapshots() {
    if (settings_.losses == 0 || is_over())
      return;
    snapshot_ = store_;
    after(random_.between(100ms, 3s), [this] { take_snapshots(); });
  }

  void lose() {
    store_ = random_.chance(200) ? model_store{settings_.flaw} : snapshot_;
    history_.losses.push_back(moments_.next(now_));
  }

  // -- clients ----------------------------------------------------------------

  operation& at(op_number x) {
    return history_.operations[x - 1];
  }

  operation& begin(std::uint32_t client, enum operation::kind what,
                   std::uint32_t session) {
    auto& x = history_.operations.emplace_back();
    x.number = static_cast<op_number>(history_.operations.size());
    x.what = what;
    x.client = client;
    x.session = session;
    x.set = session != 0 ? set_of(session)
                         : static_cast<std::uint32_t>(1 + random_.below(2));
    x.invoked = moments_.next(now_);
    x.deadline = x.invoked + call_timeout;
    return x;
  }

  static std::uint32_t set_of(std::uint32_t session) {
    return 1 + session % 2;
  }

  std::uint32_t some_session() {
    if (last_session_ > settings_.hot_sessions && random_.chance(100))
      return static_cast<std::uint32_t>(1 + random_.below(last_session_));
    return hot_[random_.below(hot_.size())];
  }

  void act(std::uint32_t client) {
    if (is_over())
      return;
    auto session = some_session();
    auto dice = random_.below(100);
    if (session == 0 || (over_.count(session) > 0 && dice % 4 != 0)) {
      log_in(client);
    } else if (dice < 40) {
      refresh(client, session);
    } else if (dice < 75) {
      begin(client, kind::get, session);
      start();
    } else if (dice < 85) {
      begin(client, kind::get_all, 0);
      start();
    } else {
      end_sessions(client, session, dice);
    }
  }

  /// A new session takes the place of one that is over.
  void log_in(std::uint32_t client) {
    auto session = ++last_session_;
    auto slot = std::find_if(hot_.begin(), hot_.end(), [this](auto x) {
      return x == 0 || over_.count(x) > 0;
    });
    if (slot == hot_.end())
      slot = hot_.begin()
             + static_cast<std::ptrdiff_t>(random_.below(hot_.size()));
    *slot = session;
    created_[session] = now_;
    write(client, session, {});
    // Now and then two do it at once.
    auto rival
      = static_cast<std::uint32_t>(1 + random_.below(settings_.clients));
    if (rival != client && random_.chance(200))
      after(random_.between(0ms, 50ms),
            [this, rival, session] { write(rival, session, {}, false); });
  }

  void refresh(std::uint32_t client, std::uint32_t session) {
    auto known = views_[client].find(session);
    if (known != views_[client].end()) {
      write(client, session, known->second);
    } else {
      begin(client, kind::get, session);
      start();
    }
  }

  void write(std::uint32_t client, std::uint32_t session,
             std::vector<op_number> base, bool goes_on = true) {
    auto& x = begin(client, kind::upsert, session);
    x.base = std::ssize(base);
    x.chain = std::move(base);
    x.chain.push_back(x.number);
    x.created_at = created_[session];
    // Never brought forward; rivals agree.
    auto lifetime = random_.between(500ms, 20s);
    auto& expires_at
      = x.base == 0
          ? first_expiry_.try_emplace(session, now_ + lifetime).first->second
          : at(x.chain[x.chain.size() - 2]).expires_at;
    x.expires_at
      = x.base == 0 ? expires_at : std::max(expires_at, now_ + lifetime);
    start(goes_on);
  }

  void end_sessions(std::uint32_t client, std::uint32_t session,
                    std::uint64_t dice) {
    if (dice < 94) {
      over_.insert(session);
      begin(client, kind::remove, session);
    } else if (dice < 96) {
      begin(client, kind::remove_all, 0);
    } else if (dice < 98) {
      begin(client, kind::remove_others, session);
    } else {
      auto& x = begin(client, kind::revoke_before, 0);
      x.created_before = now_ - random_.between(0s, 3s);
    }
    start();
  }

  // -- requests on their way --------------------------------------------------

  struct flight {
    op_number number;
    bool goes_on;
    /// No reply to it arrives.
    bool is_deaf = false;
    /// Every copy of it is held up.
    bool is_slow = false;
    bool sent_before = false;
    bool done = false;
  };

  void start(bool goes_on = true) {
    auto one = std::make_shared<flight>();
    one->number = static_cast<op_number>(history_.operations.size());
    one->goes_on = goes_on;
    one->is_deaf = random_.chance(40);
    one->is_slow = random_.chance(40);
    if (random_.chance(30)) {
      after(random_.between(0ms, 20ms),
            [this, one] { fail(one, ec::unavailable); });
      return;
    }
    send(one);
    after(at(one->number).deadline - now_, [this, one] { give_up(one); });
  }

  void send(const std::shared_ptr<flight>& one) {
    auto way = random_.between(1ms, 40ms);
    if (one->is_slow || random_.chance(30))
      way = random_.between(40ms, 8s);
    if (!random_.chance(50))
      after(way, [this, one] { arrive(one); });
    after(patience, [this, one] {
      if (one->done)
        return;
      one->sent_before = true;
      send(one);
    });
  }

  void arrive(const std::shared_ptr<flight>& one) {
    auto answer = serve(one->number);
    if (!one->is_deaf && !random_.chance(80))
      after(random_.between(1ms, 40ms), [one, answer] {
        if (!one->done)
          answer(one);
      });
  }

  using reply = std::function<void(const std::shared_ptr<flight>&)>;

  /// Does what is asked; the answer is given when the reply arrives.
  reply serve(op_number number) {
    const auto& x = at(number);
    auto client_now = now_ + clock_errors_[x.client - 1];
    switch (x.what) {
      case kind::upsert:
        return
          [this, found = store_.upsert(x, x.invoked + time_to_write, now_)](
            auto& one) { answer_upsert(one, found); };
      case kind::get: {
        std::vector<sighting> seen;
        if (store_.get(x.session, now_, client_now))
          seen.push_back(look(x.session));
        return [this, seen](auto& one) { answer_read(one, seen); };
      }
      case kind::get_all: {
        std::vector<sighting> seen;
        for (auto session : store_.list(x.set, now_, client_now))
          seen.push_back(look(session));
        return [this, seen](auto& one) { answer_read(one, seen); };
      }
      case kind::resolve: {
        auto found = store_.resolve(at(x.subject), now_);
        return [this, found](auto& one) {
          at(one->number).resolution = found;
          succeed(one);
        };
      }
      default:
        return [this, count = store_.remove(x, now_)](auto& one) {
          at(one->number).count = count;
          succeed(one);
        };
    }
  }

  sighting look(std::uint32_t session) {
    const auto* found = store_.get(session, now_, moment::min());
    return {session, found->set, std::ssize(found->chain), found->expires_at,
            found->chain};
  }

  // -- answers ----------------------------------------------------------------

  void answer_read(const std::shared_ptr<flight>& one,
                   std::vector<sighting> seen) {
    auto& x = at(one->number);
    for (auto& found : seen)
      views_[x.client][found.session] = found.chain;
    if (x.what == kind::get && seen.empty() && now_ > created_[x.session] + 3s)
      over_.insert(x.session);
    x.seen = std::move(seen);
    succeed(one);
  }

  void answer_upsert(const std::shared_ptr<flight>& one, outcome found) {
    auto& x = at(one->number);
    switch (found) {
      case outcome::ok:
        x.seen.push_back({x.session, x.set, x.base + 1, x.expires_at, x.chain});
        views_[x.client][x.session] = x.chain;
        return succeed(one);
      case outcome::conflict:
        views_[x.client].erase(x.session);
        return fail(one, ec::conflict);
      case outcome::gone:
        over_.insert(x.session);
        return fail(one, one->sent_before ? ec::outcome_unknown : ec::gone);
      case outcome::late:
        return fail(one, one->sent_before ? ec::outcome_unknown
                                          : ec::deadline_exceeded);
      case outcome::expired:
        return fail(one, ec::session_expired);
    }
  }

  void give_up(const std::shared_ptr<flight>& one) {
    if (one->done)
      return;
    auto& x = at(one->number);
    auto writes = x.what == kind::upsert || x.removes();
    if (settings_.flaw == flaw::calls_failures_absence && x.what == kind::get)
      succeed(one);
    else if (settings_.flaw == flaw::forgets_removals && x.removes())
      fail(one, ec::unavailable);
    else if (settings_.flaw == flaw::reads_again && x.what == kind::upsert
             && store_.resolve(x, now_) == resolution::not_applied)
      fail(one, ec::conflict);
    else
      fail(one, writes ? ec::outcome_unknown : ec::deadline_exceeded);
  }

  void fail(const std::shared_ptr<flight>& one, ec why) {
    at(one->number).error = why;
    auto doubtful
      = why == ec::outcome_unknown && at(one->number).what == kind::upsert;
    succeed(one);
    if (doubtful && random_.chance(600))
      after(random_.between(2s, 4s), [this, number = one->number] {
        const auto& x = at(number);
        begin(x.client, kind::resolve, x.session).subject = number;
        start(false);
      });
  }

  void succeed(const std::shared_ptr<flight>& one) {
    auto& x = at(one->number);
    one->done = true;
    x.answers = 1;
    x.completed = moments_.next(now_);
    if (one->goes_on)
      after(random_.between(0ms, 300ms),
            [this, client = x.client] { act(client); });
  }

  random_history_settings settings_;
  internal::random_stream random_;
  moment now_{};
  internal::timeline time_;
  model_store store_;
  model_store snapshot_{flaw::none};
  history history_;
  unique_moments moments_;
  /// What each client has last seen of each session.
  std::vector<std::map<std::uint32_t, std::vector<op_number>>> views_;
  std::vector<moment> clock_errors_;
  /// Sessions that are written now; 0 where none is yet.
  std::vector<std::uint32_t> hot_;
  std::map<std::uint32_t, moment> created_;
  std::map<std::uint32_t, moment> first_expiry_;
  /// Sessions whose place may be taken.
  std::set<std::uint32_t> over_;
  std::uint32_t last_session_ = 0;
};

} // namespace

history make_random_history(const random_history_settings& settings) {
  return random_world{settings}.run();
}

} // namespace obol::testing
