#include "bench/player.hpp"

#include "obol/error.hpp"

#include <utility>

namespace obol::bench {

namespace {

/// A session whose past is written down in it is left alone from here on.
constexpr std::int64_t witnessed_versions_max = 40;

// How many of 100 operations of `mixed` are of which kind.
constexpr std::uint64_t mixed_gets = 80;
constexpr std::uint64_t mixed_refreshes = 15;
constexpr std::uint64_t mixed_logins = 3;

/// As a product does: two generations of tokens.
void refresh(session& x) {
  x.prev_tokens_fresh_from = x.tokens_fresh_from;
  x.tokens_fresh_from = x.refreshed_at;
}

} // namespace

player::player(const play_rules& rules, std::uint64_t client)
  : rules_(rules), client_(client),
    random_((rules.load * 10'007 + client + 1) * 0x9e3779b97f4a7c15u),
    next_own_(dataset::own_numbers(rules.load, client)) {
  renew_mine();
}

request player::next() {
  auto result = has_read_ ? store_mine() : begin();
  if (rules_.observer)
    number_ = rules_.observer->asked(client_, result);
  return result;
}

request player::begin() {
  now_ = rules_.what;
  if (now_ == workload::mixed) {
    auto dice = random_below(100);
    now_ = dice < mixed_gets                     ? workload::get
           : dice < mixed_gets + mixed_refreshes ? workload::refresh
           : dice < mixed_gets + mixed_refreshes + mixed_logins
             ? workload::login
             : workload::list;
  }
  switch (now_) {
    case workload::miss:
      return read_missing();
    case workload::login:
      return log_in();
    case workload::refresh:
      return read_mine();
    case workload::upsert:
      return store_mine();
    case workload::list:
      return list_any();
    case workload::get:
    case workload::mixed:
      break;
  }
  return read_any();
}

// -- requests -----------------------------------------------------------------

request player::read_any() {
  return get_request{
    rules_.data->key(random_below(rules_.data->size().sessions)), {}};
}

request player::read_missing() {
  return get_request{rules_.data->key(next_own_), {}};
}

request player::log_in() {
  return upsert_request{rules_.data->fresh(next_own_++), {}};
}

/// A client that has none yet logs in instead. Under observation all share
/// the sessions that were there before.
request player::read_mine() {
  if (rules_.observer)
    return read_any();
  if (mine_.lock_version == 0)
    return store_mine();
  return get_request{mine_.key(), {}};
}

request player::store_mine() {
  if (rules_.observer && mine_.lock_version >= witnessed_versions_max)
    renew_mine();
  has_read_ = false;
  return upsert_request{mine_, {}};
}

request player::list_any() {
  return get_all_request{
    rules_.data->list(random_below(rules_.data->size().lists)), {}};
}

// -- answers ------------------------------------------------------------------

progress player::take(get_answer& x) {
  tell_observer(x);
  if (now_ == workload::miss)
    return x.session ? progress::failed : progress::done;
  if (!x.session)
    return progress::failed;
  if (now_ != workload::refresh)
    return progress::done;
  mine_ = std::move(*x.session);
  if (rules_.observer && mine_.lock_version >= witnessed_versions_max)
    return progress::done;
  refresh(mine_);
  has_read_ = true;
  return progress::goes_on;
}

progress player::take(session& x) {
  tell_observer(x);
  if (now_ != workload::login)
    mine_ = std::move(x);
  return progress::done;
}

progress player::take(get_all_answer& x) {
  tell_observer(x);
  return x.sessions.size() == rules_.data->size().sessions_in_list
           ? progress::done
           : progress::failed;
}

progress player::take(const caf::error& why) {
  has_read_ = false;
  if (!rules_.observer) {
    // Nobody knows its version now.
    if (now_ == workload::refresh || now_ == workload::upsert)
      renew_mine();
    return progress::failed;
  }
  rules_.observer->failed(number_, why);
  renew_mine();
  return code_of(why) == ec::conflict ? progress::done : progress::failed;
}

// -- helpers ------------------------------------------------------------------

void player::renew_mine() {
  mine_ = rules_.data->fresh(next_own_++);
}

/// Numbers that look random, by xorshift: good enough to choose keys.
std::uint64_t player::random_below(std::uint64_t bound) {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return bound == 0 ? 0 : random_ % bound;
}

template <class T>
void player::tell_observer(const T& x) {
  if (rules_.observer)
    rules_.observer->answered(number_, x);
}

} // namespace obol::bench
