#include "obol/testing/internal/runs/recorder.hpp"

#include "obol/testing/internal/epoch.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>
#include <utility>

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view chain_key = "ops";

/// Users of the sets 1, 2 and so on.
constexpr std::int64_t first_user = 400;

moment to_moment(instant x) {
  return x.time_since_epoch();
}

moment calendar(unix_seconds x) {
  return std::chrono::seconds{x - epoch_ms / 1000};
}

session_key key_of(session_name x) {
  return {"s" + std::to_string(x.number), first_user + x.set};
}

session_set set_of(std::uint32_t x) {
  return {first_user + x};
}

/// The number in "s17"; 0 if it has another form.
std::uint32_t number_in(std::string_view id) {
  std::uint32_t result = 0;
  if (!id.starts_with('s'))
    return 0;
  auto [end, failure]
    = std::from_chars(id.data() + 1, id.data() + id.size(), result);
  return failure == std::errc{} && end == id.data() + id.size() ? result : 0;
}

std::uint32_t set_in(const user_id& x) {
  auto number = x.integer();
  return number != nullptr && *number > first_user
           ? static_cast<std::uint32_t>(*number - first_user)
           : 0;
}

// -- the history that a session carries ---------------------------------------

std::vector<op_number> chain_in(const session& x) {
  std::vector<op_number> result;
  auto value = x.extra_payload.find(chain_key);
  auto bytes = value ? value->get_if<etf::binary>() : nullptr;
  if (bytes == nullptr)
    return result;
  std::string_view text = bytes->bytes;
  while (!text.empty()) {
    op_number number = 0;
    auto [end, failure]
      = std::from_chars(text.data(), text.data() + text.size(), number);
    result.push_back(failure == std::errc{} ? number : 0);
    auto read = static_cast<std::size_t>(end - text.data());
    text.remove_prefix(std::min(text.size(), read + 1));
  }
  return result;
}

std::string token_id(op_number x) {
  return "t" + std::to_string(x);
}

/// Makes the session the work of this operation: two generations of tokens, and
/// the history.
void sign_in(session& x, std::vector<op_number>& chain, op_number number) {
  chain = chain_in(x);
  x.prev_tokens_fresh_from = x.tokens_fresh_from;
  x.tokens_fresh_from = number;
  x.refresh_token_id = token_id(number);
  chain.push_back(number);
  std::string text;
  for (auto one : chain)
    text += std::to_string(one) + ' ';
  x.extra_payload.set(chain_key, etf::term{std::move(text)});
}

/// Whether all fields are the work of the last operation.
bool of_one_piece(const session& x, const std::vector<op_number>& chain) {
  if (chain.empty())
    return false;
  auto before = chain.size() < 2 ? 0 : chain[chain.size() - 2];
  return x.refresh_token_id == token_id(chain.back())
         && x.tokens_fresh_from == chain.back()
         && x.prev_tokens_fresh_from == before;
}

sighting see(const session& x) {
  sighting result;
  result.session = number_in(x.id);
  result.set = set_in(x.user_id);
  result.version = x.lock_version;
  result.expires_at = calendar(x.refresh_expires_at);
  result.chain = chain_in(x);
  // What is patched together from two writes is nobody's session.
  if (!of_one_piece(x, result.chain))
    result.session = 0;
  return result;
}

} // namespace

// -- clients and sessions -----------------------------------------------------

recorder::client recorder::join(const store_actor& store) {
  return {world_.make_client(), store, ++clients_};
}

void recorder::kill(const client& who) {
  world_.kill(who.actor);
  for (auto& x : history_.operations) {
    if (x.client != who.number || x.answers > 0)
      continue;
    x.answers = 1;
    x.completed = moments_.next(to_moment(world_.now()));
    x.error = x.what == operation::kind::upsert || x.removes()
                ? ec::outcome_unknown
                : ec::deadline_exceeded;
    --open_;
  }
  dead_.push_back(who.number);
}

bool recorder::is_dead(std::uint32_t number) const {
  return std::find(dead_.begin(), dead_.end(), number) != dead_.end();
}

session_name recorder::new_session(std::uint32_t set) {
  sets_ = std::max(sets_, set);
  auto number = static_cast<std::uint32_t>(sessions_.size() + 1);
  sessions_.push_back({set, number});
  return sessions_.back();
}

session recorder::fresh(session_name name,
                        std::int64_t lifetime_seconds) const {
  session result;
  auto key = key_of(name);
  result.id = std::move(key.id);
  result.user_id = std::move(key.user_id);
  result.created_at = world_.unix_seconds();
  result.refreshed_at = result.created_at;
  result.refresh_expires_at = result.created_at + lifetime_seconds;
  return result;
}

// -- writing down -------------------------------------------------------------

op_number recorder::begin(operation::kind what, const client& who,
                          session_name name, duration timeout) {
  operation x;
  x.number = static_cast<op_number>(history_.operations.size() + 1);
  x.what = what;
  x.client = who.number;
  x.session = name.number;
  x.set = name.set;
  x.invoked = moments_.next(to_moment(world_.now()));
  x.deadline = x.invoked + (timeout > 0ns ? timeout : default_timeout_);
  x.must_succeed = expect_success_;
  history_.operations.push_back(std::move(x));
  ++open_;
  return history_.operations.back().number;
}

void recorder::note_failure(operation& x, const caf::error& why) {
  x.error = code_of(why);
  x.foreign_error = !x.error;
}

template <class T, class Request>
void recorder::ask(const client& who, op_number number, Request what,
                   std::function<void(operation&, const T&)> note,
                   callback<T> then) {
  auto kind = request_book::kind_of(what);
  auto finish = [this, number, kind, note = std::move(note),
                 then = std::move(then)](caf::expected<T> answer) {
    book_.told(kind, answer);
    auto& x = at(number);
    // Its end is on the way to it.
    if (is_dead(x.client))
      return;
    if (x.answers++ == 0) {
      --open_;
      x.completed = moments_.next(to_moment(world_.now()));
      if (!answer)
        note_failure(x, answer.error());
      else if (note)
        note(x, *answer);
      world_.trace.note(world_.now(), "client", [&] { return to_string(x); });
    }
    if (then)
      then(answer);
  };
  world_.post(who.actor,
              [this, store = caf::actor_cast<caf::actor>(who.store), kind,
               what = std::move(what), finish](caf::event_based_actor* self) {
                book_.sent(kind);
                self->request(store, caf::infinite, what)
                  .then([finish](T& x) { finish(std::move(x)); },
                        [finish](caf::error& x) { finish(std::move(x)); });
              });
}

// -- reading ------------------------------------------------------------------

void recorder::get(const client& who, session_name name,
                   callback<get_answer> then, duration timeout) {
  auto number = begin(operation::kind::get, who, name, timeout);
  ask<get_answer>(
    who, number, get_request{key_of(name), timeout},
    [](operation& x, const get_answer& y) {
      if (y.session)
        x.seen.push_back(see(*y.session));
    },
    std::move(then));
}

void recorder::get_all(const client& who, std::uint32_t set,
                       callback<get_all_answer> then, duration timeout) {
  auto number = begin(operation::kind::get_all, who, {set, 0}, timeout);
  ask<get_all_answer>(
    who, number, get_all_request{set_of(set), timeout},
    [](operation& x, const get_all_answer& y) {
      for (auto& one : y.sessions)
        x.seen.push_back(see(one));
    },
    std::move(then));
}

// -- removing -----------------------------------------------------------------

namespace {

void note_count(operation& x, const removed& y) {
  x.count = y.count;
}

} // namespace

void recorder::remove(const client& who, session_name name,
                      callback<removed> then, duration timeout) {
  auto number = begin(operation::kind::remove, who, name, timeout);
  ask<removed>(who, number, delete_request{key_of(name), timeout}, note_count,
               std::move(then));
}

void recorder::remove_all(const client& who, std::uint32_t set,
                          callback<removed> then, duration timeout) {
  auto number = begin(operation::kind::remove_all, who, {set, 0}, timeout);
  ask<removed>(who, number, delete_all_request{set_of(set), timeout},
               note_count, std::move(then));
}

void recorder::remove_others(const client& who, session_name keep,
                             callback<removed> then, duration timeout) {
  auto number = begin(operation::kind::remove_others, who, keep, timeout);
  ask<removed>(who, number, delete_others_request{key_of(keep), timeout},
               note_count, std::move(then));
}

void recorder::revoke_before(const client& who, std::uint32_t set,
                             unix_seconds time, callback<removed> then,
                             duration timeout) {
  auto number = begin(operation::kind::revoke_before, who, {set, 0}, timeout);
  at(number).created_before = calendar(time);
  ask<removed>(who, number, revoke_before_request{set_of(set), time, timeout},
               note_count, std::move(then));
}

// -- writing ------------------------------------------------------------------

op_number recorder::upsert(const client& who, session_name name, session base,
                           known_bad mistake, callback<session> then,
                           duration timeout) {
  auto number = begin(operation::kind::upsert, who, name, timeout);
  auto& x = at(number);
  x.base = base.lock_version;
  base.refreshed_at = world_.unix_seconds();
  sign_in(base, x.chain, number);
  x.created_at = calendar(base.created_at);
  x.expires_at = calendar(base.refresh_expires_at);
  auto note = [](operation& y, const session& stored) {
    y.seen.push_back(see(stored));
  };
  if (mistake == known_bad::none || mistake == known_bad::charon_rule) {
    ask<session>(who, number, upsert_request{std::move(base), timeout}, note,
                 std::move(then));
    return number;
  }
  // Nothing is written down before the mistake is made.
  auto sent = base;
  auto judge = [this, who, name, number, sent, mistake,
                then](const caf::expected<session>& answer) {
    if (answer || code_of(answer.error()) != ec::outcome_unknown) {
      then(answer);
      return;
    }
    at(number).answers = 0;
    ++open_;
    make_mistake(who, name, number, sent, mistake, then);
  };
  ask<session>(who, number, upsert_request{std::move(base), timeout}, note,
               std::move(judge));
  return number;
}

void recorder::make_mistake(const client& who, session_name name,
                            op_number number, session sent, known_bad mistake,
                            callback<session> then) {
  auto& x = at(number);
  x.error.reset();
  x.deadline = to_moment(world_.now()) + default_timeout_;
  if (mistake == known_bad::blind_resend) {
    ask<session>(
      who, number, upsert_request{std::move(sent), {}},
      [](operation& y, const session& stored) {
        y.seen.push_back(see(stored));
      },
      std::move(then));
    return;
  }
  auto mine = token_id(number);
  auto judge = [this, number, mine, sent,
                then](const caf::expected<get_answer>& answer) {
    auto& y = at(number);
    auto stored = answer && answer->session ? &*answer->session : nullptr;
    if (stored != nullptr && stored->refresh_token_id == mine) {
      y.seen.push_back(see(*stored));
      then(*stored);
    } else if (answer) {
      // "Certainly not applied", in the words of this library.
      y.error = ec::unavailable;
      then(caf::make_error(ec::unavailable));
    } else {
      y.error = ec::outcome_unknown;
      then(answer.error());
    }
  };
  ask<get_answer>(who, number, get_request{key_of(name), {}}, nullptr,
                  std::move(judge));
}

void recorder::resolve(const client& who, op_number of,
                       const resolution_token& token, callback<resolution> then,
                       duration timeout) {
  auto& subject = at(of);
  auto number = begin(operation::kind::resolve, who,
                      {subject.set, subject.session}, timeout);
  at(number).subject = of;
  ask<resolution>(
    who, number, resolve_request{token, timeout},
    [](operation& x, const resolution& y) { x.resolution = y; },
    std::move(then));
}

// -- others -------------------------------------------------------------------

void recorder::wait_ready(const client& who, duration timeout,
                          callback<store_status> then) {
  auto number = begin(operation::kind::other, who, {}, timeout);
  ask<store_status>(who, number, wait_ready_request{timeout}, nullptr,
                    std::move(then));
}

} // namespace obol::testing::internal
