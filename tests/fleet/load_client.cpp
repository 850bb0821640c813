#include "fleet/load_client.hpp"

#include "obol/error.hpp"

#include <charconv>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace obol::test {

namespace {

constexpr std::string_view chain_key = "ops";

/// A session whose past has become so long is left alone.
constexpr std::size_t longest_past = 40;

/// No thread of a run asks more often.
constexpr std::uint32_t numbers_per_thread = 10'000'000;

// How many of 100 calls are what.
constexpr std::uint32_t refreshes = 45;
constexpr std::uint32_t lists = 10;
constexpr std::uint32_t removals = 3;

std::vector<testing::op_number> chain_in(const session& x) {
  std::vector<testing::op_number> result;
  auto value = x.extra_payload.find(chain_key);
  auto bytes = value ? value->get_if<etf::binary>() : nullptr;
  std::string_view text = bytes ? std::string_view{bytes->bytes} : "";
  while (!text.empty()) {
    testing::op_number number = 0;
    auto end = text.find(' ');
    std::from_chars(text.data(), text.data() + end, number);
    result.push_back(number);
    text.remove_prefix(end + 1);
  }
  return result;
}

void put_chain(session& x, const std::vector<testing::op_number>& chain) {
  std::string text;
  for (auto one : chain)
    text += std::to_string(one) + ' ';
  x.extra_payload.set(chain_key, etf::term{std::move(text)});
}

} // namespace

load_client::load_client(facade& store, const load_plan& plan,
                         std::uint32_t thread, operation_log& written)
  : store_(store), plan_(plan),
    thread_(plan.process * threads_per_process + thread),
    next_number_(thread_ * numbers_per_thread + 1), random_(thread_ + 1),
    written_(written), begun_turns_(plan.users, -1) {
}

void load_client::run() {
  while (goes_on()) {
    auto where = choose();
    auto user = static_cast<std::uint32_t>(where.user - plan_.first_user);
    auto is_mine = user % (plan_.processes * threads_per_process) == thread_;
    auto dice = random_() % 100;
    if (is_mine && begun_turns_[user] != where.turn) {
      begun_turns_[user] = where.turn;
      log_in(where);
    } else if (dice < refreshes)
      refresh(where);
    else if (dice < refreshes + lists)
      list(where);
    else if (dice < refreshes + lists + removals)
      remove(where);
    else
      get(where);
    std::this_thread::sleep_for(plan_.pause);
  }
}

bool load_client::goes_on() const {
  return load_plan::clock::now() < plan_.begin + plan_.limit
         && !std::filesystem::exists(plan_.end_mark);
}

load_client::place load_client::choose() {
  auto user
    = static_cast<std::int64_t>(random_() % plan_.users) + plan_.first_user;
  auto turn = (load_plan::clock::now() - plan_.begin) / plan_.turn;
  auto id = "planted-" + std::to_string(user) + '-' + std::to_string(turn);
  return {user, turn, {std::move(id), user_id{user}}};
}

// -- calls --------------------------------------------------------------------

void load_client::log_in(const place& where) {
  session x;
  x.id = where.key.id;
  x.user_id = where.key.user_id;
  auto turn_begin
    = std::chrono::floor<std::chrono::seconds>(where.turn * plan_.turn);
  x.created_at = plan_.begin_seconds + turn_begin.count();
  x.refreshed_at = x.created_at;
  x.refresh_expires_at = x.created_at + plan_.lifetime.count();
  store(where, std::move(x));
}

void load_client::refresh(const place& where) {
  auto found = get(where);
  if (found && chain_in(*found).size() < longest_past)
    store(where, std::move(*found));
}

std::optional<session> load_client::get(const place& where) {
  auto asked = begin(kind::get, where, true);
  auto found = store_.get(where.key, plan_.deadline);
  end(asked, found ? caf::error{} : found.error());
  if (found && *found)
    see(asked, **found);
  written_.add(asked);
  return found ? std::move(*found) : std::nullopt;
}

void load_client::store(const place& where, session x) {
  auto asked = begin(kind::upsert, where, true);
  auto& what = asked.what;
  what.base = x.lock_version;
  what.chain = chain_in(x);
  what.chain.push_back(what.number);
  what.created_at = calendar(x.created_at);
  what.expires_at = calendar(x.refresh_expires_at);
  put_chain(x, what.chain);
  auto stored = store_.upsert(std::move(x), plan_.deadline);
  end(asked, stored ? caf::error{} : stored.error());
  if (stored)
    see(asked, *stored);
  written_.add(asked);
}

void load_client::remove(const place& where) {
  auto asked = begin(kind::remove, where, true);
  auto count = store_.remove(where.key, plan_.deadline);
  end(asked, count ? caf::error{} : count.error());
  if (count)
    asked.what.count = *count;
  written_.add(asked);
}

void load_client::list(const place& where) {
  auto asked = begin(kind::get_all, where, false);
  auto found = store_.get_all({where.key.user_id}, plan_.deadline);
  end(asked, found ? caf::error{} : found.error());
  if (found)
    for (const auto& x : *found)
      see(asked, x);
  written_.add(asked);
}

// -- what is written down -----------------------------------------------------

written_operation load_client::begin(kind what, const place& where,
                                     bool names_session) {
  written_operation x;
  x.what.number = next_number_++;
  x.what.what = what;
  x.what.client = thread_ + 1;
  x.session = {names_session ? where.key.id : "", where.user};
  x.what.invoked = now();
  x.what.deadline = x.what.invoked + plan_.deadline;
  return x;
}

void load_client::end(written_operation& x, const caf::error& why) {
  x.what.completed = now();
  ++x.what.answers;
  if (!why)
    return;
  x.what.error = code_of(why);
  x.what.foreign_error = !x.what.error;
}

void load_client::see(written_operation& x, const session& what) const {
  auto user = what.user_id.is_string() ? 0 : std::stoll(what.user_id.text());
  x.seen.push_back({what.id, user});
  x.what.seen.push_back({0, 0, what.lock_version,
                         calendar(what.refresh_expires_at), chain_in(what)});
}

testing::moment load_client::now() {
  return moments_.next(load_plan::clock::now() - plan_.begin);
}

testing::moment load_client::calendar(unix_seconds x) const {
  return std::chrono::seconds{x - plan_.begin_seconds};
}

} // namespace obol::test
