#include "bench/history_witness.hpp"

#include "obol/error.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string_view>
#include <utility>

namespace obol::bench {

namespace {

constexpr std::string_view chain_key = "ops";

/// The numbers of the upserts that wrote the session, oldest first.
std::vector<testing::op_number> chain_in(const session& x) {
  std::vector<testing::op_number> result;
  auto value = x.extra_payload.find(chain_key);
  auto bytes = value ? value->get_if<etf::binary>() : nullptr;
  std::string_view text = bytes ? std::string_view{bytes->bytes} : "";
  while (!text.empty()) {
    testing::op_number number = 0;
    auto [end, failure]
      = std::from_chars(text.data(), text.data() + text.size(), number);
    result.push_back(failure == std::errc{} ? number : 0);
    auto read = static_cast<std::size_t>(end - text.data());
    text.remove_prefix(std::min(text.size(), read + 1));
  }
  return result;
}

template <class Key>
std::uint32_t numbered(std::unordered_map<Key, std::uint32_t>& map,
                       const Key& key) {
  auto next = static_cast<std::uint32_t>(map.size() + 1);
  return map.emplace(key, next).first->second;
}

} // namespace

history_witness::history_witness(std::shared_ptr<load_run> run,
                                 std::chrono::nanoseconds deadline,
                                 std::size_t operations_max)
  : run_(std::move(run)), deadline_(deadline), operations_max_(operations_max),
    begin_seconds_(std::time(nullptr)) {
}

// -- what clients tell --------------------------------------------------------

std::uint32_t history_witness::asked(std::uint64_t client, request& what) {
  std::lock_guard guard{mutex_};
  testing::operation x;
  x.number = static_cast<std::uint32_t>(history_.operations.size() + 1);
  x.client = static_cast<std::uint32_t>(client + 1);
  x.invoked = now();
  x.deadline = x.invoked + deadline_;
  describe(x, what);
  history_.operations.push_back(std::move(x));
  if (history_.operations.size() == operations_max_)
    run_->stop();
  return history_.operations.back().number;
}

void history_witness::answered(std::uint32_t number, const get_answer& x) {
  std::lock_guard guard{mutex_};
  auto& to = close(number);
  if (x.session)
    to.seen.push_back(see(*x.session));
}

void history_witness::answered(std::uint32_t number, const session& x) {
  std::lock_guard guard{mutex_};
  close(number).seen.push_back(see(x));
}

void history_witness::answered(std::uint32_t number, const get_all_answer& x) {
  std::lock_guard guard{mutex_};
  auto& to = close(number);
  for (const auto& one : x.sessions)
    to.seen.push_back(see(one));
}

void history_witness::failed(std::uint32_t number, const caf::error& why) {
  std::lock_guard guard{mutex_};
  auto& to = close(number);
  to.error = code_of(why);
  to.foreign_error = !to.error;
}

testing::history history_witness::take() {
  std::lock_guard guard{mutex_};
  return std::move(history_);
}

// -- in the words of the checker ----------------------------------------------

void history_witness::describe(testing::operation& x, request& what) {
  using kind = testing::operation::kind;
  if (auto get = std::get_if<get_request>(&what)) {
    x.what = kind::get;
    x.session = number_of(get->key.id);
    x.set = number_of(get->key.user_id);
  } else if (auto upsert = std::get_if<upsert_request>(&what)) {
    x.what = kind::upsert;
    x.session = number_of(upsert->session.id);
    x.set = number_of(upsert->session.user_id);
    stamp(x, upsert->session);
  } else {
    x.what = kind::get_all;
    x.set = number_of(std::get<get_all_request>(what).set.user_id);
  }
}

void history_witness::stamp(testing::operation& x, session& what) {
  x.base = what.lock_version;
  x.chain = chain_in(what);
  x.chain.push_back(x.number);
  std::string text;
  for (auto one : x.chain)
    text += std::to_string(one) + ' ';
  what.extra_payload.set(chain_key, etf::term{std::move(text)});
  x.created_at = calendar(what.created_at);
  x.expires_at = calendar(what.refresh_expires_at);
}

testing::sighting history_witness::see(const session& x) {
  return {number_of(x.id), number_of(x.user_id), x.lock_version,
          calendar(x.refresh_expires_at), chain_in(x)};
}

testing::operation& history_witness::close(std::uint32_t number) {
  auto& result = history_.operations[number - 1];
  if (result.answers++ == 0)
    result.completed = now();
  return result;
}

history_witness::moment history_witness::now() {
  return moments_.next(steady::now() - begin_);
}

history_witness::moment history_witness::calendar(unix_seconds x) const {
  return std::chrono::seconds{x - begin_seconds_};
}

std::uint32_t history_witness::number_of(const std::string& id) {
  return numbered(sessions_, id);
}

std::uint32_t history_witness::number_of(const user_id& x) {
  return numbered(sets_, x.text());
}

} // namespace obol::bench
