#pragma once

#include "obol/testing/checker.hpp"

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace obol::testing {

/// Writes histories by hand. Times are milliseconds. Payloads are written as
/// the chain they are: `upsert(s, {a}, 20, 30)` stores what `a` wrote and
/// itself, `get(s, {a, b}, 40, 50)` shows what `b` wrote on top of `a`. All
/// sessions are in set 1. What is not said to fail succeeds.
class history_builder {
public:
  using chain = std::vector<op_number>;

  // -- operations, each with when it was invoked and completed ----------------

  op_number upsert(std::uint32_t session, chain base, int from, int until,
                   std::optional<ec> error = {}) {
    auto& x = add(operation::kind::upsert, session, from, until, error);
    x.base = std::ssize(base);
    x.chain = std::move(base);
    x.chain.push_back(x.number);
    x.expires_at = expires_at_;
    x.created_at = created_at_;
    if (!error)
      x.seen.push_back(seen(x.chain));
    return x.number;
  }

  op_number get(std::uint32_t session, chain shown, int from, int until) {
    auto& x = add(operation::kind::get, session, from, until);
    x.seen.push_back(seen(std::move(shown)));
    return x.number;
  }

  op_number get_nothing(std::uint32_t session, int from, int until) {
    return add(operation::kind::get, session, from, until).number;
  }

  op_number get_all(std::initializer_list<chain> shown, int from, int until) {
    auto& x = add(operation::kind::get_all, 0, from, until);
    for (auto& one : shown)
      x.seen.push_back(seen(one));
    return x.number;
  }

  op_number remove(std::uint32_t session, int from, int until,
                   std::optional<ec> error = {}) {
    return add(operation::kind::remove, session, from, until, error).number;
  }

  op_number remove_all(int from, int until, std::optional<ec> error = {}) {
    return add(operation::kind::remove_all, 0, from, until, error).number;
  }

  op_number remove_others(std::uint32_t kept, int from, int until) {
    return add(operation::kind::remove_others, kept, from, until).number;
  }

  op_number revoke_before(int created, int from, int until) {
    auto& x = add(operation::kind::revoke_before, 0, from, until);
    x.created_before = ms(created);
    return x.number;
  }

  op_number resolve(op_number subject, resolution answer, int from, int until) {
    auto& x = add(operation::kind::resolve, 0, from, until);
    x.subject = subject;
    x.resolution = answer;
    return x.number;
  }

  op_number other(int from, int until) {
    return add(operation::kind::other, 0, from, until).number;
  }

  // -- the world --------------------------------------------------------------

  history_builder& lose_data(int at) {
    what_.losses.push_back(ms(at));
    return *this;
  }

  /// From here on, upserts are of sessions that expire, or began, then.
  void expire_at(int when) {
    expires_at_ = ms(when);
  }

  void create_at(int when) {
    created_at_ = ms(when);
  }

  // -- changing what is written -----------------------------------------------

  operation& operator[](op_number x) {
    return what_.operations[x - 1];
  }

  operation& last() {
    return what_.operations.back();
  }

  history& all() {
    return what_;
  }

  // -- the verdict ------------------------------------------------------------

  /// Which rules are broken; "losses" if any were counted.
  std::set<std::string> broken() const {
    auto verdict = check(what_);
    std::set<std::string> result;
    for (auto& x : verdict.violations)
      result.insert(x.rule);
    if (verdict.counted_losses > 0)
      result.insert("losses");
    return result;
  }

  static moment ms(int x) {
    return std::chrono::milliseconds{x};
  }

private:
  operation& add(enum operation::kind what, std::uint32_t session, int from,
                 int until, std::optional<ec> error = {}) {
    auto& x = what_.operations.emplace_back();
    x.number = static_cast<op_number>(what_.operations.size());
    x.what = what;
    x.client = 1;
    x.session = session;
    x.set = 1;
    x.invoked = ms(from);
    x.completed = ms(until);
    x.deadline = x.completed;
    x.answers = 1;
    x.error = error;
    return x;
  }

  sighting seen(chain shown) {
    sighting result;
    result.version = std::ssize(shown);
    result.chain = std::move(shown);
    const auto& writer = (*this)[result.chain.back()];
    result.session = writer.session;
    result.set = writer.set;
    result.expires_at = writer.expires_at;
    return result;
  }

  history what_;
  moment expires_at_ = never;
  moment created_at_{};
};

using rules = std::set<std::string>;

inline const rules acquitted;

} // namespace obol::testing
