#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

#include "random_history.hpp"

namespace obol::testing {

/// What the server's functions do, in the plainest words there are.
class model_store {
public:
  struct entry {
    std::vector<op_number> chain;
    moment expires_at{};
    moment created_at{};
    std::uint32_t set = 0;
    /// What was applied, by version. Not always what the payload says: after a
    /// loss a writer may build on what was lost.
    std::vector<op_number> applied;

    bool holds(const operation& x) const {
      auto place = static_cast<std::size_t>(x.base);
      return place < applied.size() && applied[place] == x.number;
    }
  };

  enum class outcome { ok, conflict, gone, late, expired };

  explicit model_store(testing::flaw flaw) : flaw_(flaw) {
  }

  outcome upsert(const operation& x, moment until, moment now) {
    if (now > until && flaw_ != flaw::ignores_deadlines)
      return outcome::late;
    expire(now);
    if (tombstones_.count(x.session) > 0)
      return outcome::gone;
    auto found = sessions_.find(x.session);
    if (found != sessions_.end()) {
      if (std::ssize(found->second.applied) != x.base)
        return found->second.holds(x) && flaw_ != flaw::conflicts_with_itself
                 ? outcome::ok
                 : outcome::conflict;
    } else if (x.base > 0 && flaw_ != flaw::revives) {
      return outcome::gone;
    }
    if (x.expires_at <= now)
      return outcome::expired;
    if (found == sessions_.end()) {
      found = sessions_.try_emplace(x.session).first;
      found->second.applied.resize(static_cast<std::size_t>(x.base));
    }
    auto& stored = found->second;
    stored.chain = x.chain;
    stored.expires_at = x.expires_at;
    stored.created_at = x.created_at;
    stored.set = x.set;
    stored.applied.push_back(x.number);
    return outcome::ok;
  }

  /// By a client whose clock shows another time.
  const entry* get(std::uint32_t session, moment now, moment client_now) {
    expire(now);
    auto found = sessions_.find(session);
    return found != sessions_.end() && found->second.expires_at > client_now
             ? &found->second
             : nullptr;
  }

  std::vector<std::uint32_t> list(std::uint32_t set, moment now,
                                  moment client_now) {
    expire(now);
    std::vector<std::uint32_t> result;
    for (auto& [number, x] : sessions_)
      if (x.set == set && x.expires_at > client_now)
        result.push_back(number);
    return result;
  }

  std::int64_t remove(const operation& x, moment now) {
    expire(now);
    std::vector<std::uint32_t> doomed;
    for (auto& [number, y] : sessions_)
      if (is_meant(x, number, y))
        doomed.push_back(number);
    for (auto number : doomed) {
      sessions_.erase(number);
      bury(number, now);
    }
    if (x.what == operation::kind::remove)
      bury(x.session, now);
    return std::ssize(doomed);
  }

  resolution resolve(const operation& x, moment now) {
    expire(now);
    auto found = sessions_.find(x.session);
    if (found == sessions_.end())
      return x.base == 0 && tombstones_.count(x.session) == 0
               ? resolution::not_applied
               : resolution::unknown;
    return found->second.holds(x) ? resolution::applied
                                  : resolution::not_applied;
  }

private:
  static bool is_meant(const operation& x, std::uint32_t number,
                       const entry& y) {
    using kind = operation::kind;
    if (x.what == kind::remove)
      return number == x.session;
    return y.set == x.set
           && (x.what != kind::remove_others || number != x.session)
           && (x.what != kind::revoke_before
               || y.created_at < x.created_before);
  }

  void bury(std::uint32_t session, moment now) {
    if (flaw_ != flaw::leaves_no_tombstone && flaw_ != flaw::revives)
      tombstones_[session] = now + std::chrono::seconds{30};
  }

  void expire(moment now) {
    std::erase_if(sessions_,
                  [&](auto& x) { return x.second.expires_at <= now; });
    std::erase_if(tombstones_, [&](auto& x) { return x.second <= now; });
  }

  testing::flaw flaw_;
  std::map<std::uint32_t, entry> sessions_;
  std::map<std::uint32_t, moment> tombstones_;
};

} // namespace obol::testing
