#include "store_fixture.hpp"

#include <algorithm>
#include <condition_variable>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace obol::test {

namespace {

/// Between two looks at something that takes its time.
constexpr auto look_interval = 2ms;

const char* name_of(layout x) {
  return x == layout::three_set ? "three_set" : "hash_field_expiry";
}

} // namespace

// -- logs ---------------------------------------------------------------------

log_sink log_book::sink() {
  return [to = pages_](log_level, std::string_view who, std::string_view what) {
    std::lock_guard guard{to->mutex};
    to->text.append(who).append(": ").append(what).append("\n");
  };
}

int log_book::count(std::string_view part) const {
  auto all = text();
  int result = 0;
  for (auto at = all.find(part); at != std::string::npos;
       at = all.find(part, at + part.size()))
    ++result;
  return result;
}

std::string log_book::text() const {
  std::lock_guard guard{pages_->mutex};
  return pages_->text;
}

// -- stores -------------------------------------------------------------------

options options_for(const std::string& socket_path) {
  options result;
  result.endpoint.kind = endpoint::kind::unix_socket;
  result.endpoint.path = socket_path;
  result.signing_key = secret{std::string(signing_key_size, 'k')};
  result.connect_timeout = 10s;
  result.command_timeout = 10s;
  result.deadline = longest;
  result.backoff_initial = 10ms;
  result.backoff_max = 100ms;
  return result;
}

options options_for(const server& where) {
  return options_for(where.socket_path());
}

facade open_store(options settings, log_sink log) {
  if (!log)
    log = [](log_level, std::string_view, std::string_view) {};
  auto result = facade::open(std::move(settings), std::move(log));
  if (!result)
    throw std::runtime_error{"no store: " + describe(result.error())};
  return std::move(*result);
}

facade ready_store(options settings, log_sink log) {
  auto result = open_store(std::move(settings), std::move(log));
  if (auto status = result.wait_ready(patience); !status)
    throw std::runtime_error{"not ready: " + describe(status.error())};
  return result;
}

facade ready_store(const server& where) {
  return ready_store(options_for(where));
}

unix_seconds unix_now() {
  auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
}

session new_session(std::string id, user_id user) {
  session result;
  result.id = std::move(id);
  result.user_id = std::move(user);
  result.created_at = unix_now();
  result.refreshed_at = result.created_at;
  result.refresh_expires_at = result.created_at + 3600;
  result.refresh_token_id = "refresh-token-1";
  result.tokens_fresh_from = result.created_at;
  return result;
}

session_key key_of(std::string id, user_id user) {
  return {std::move(id), std::move(user)};
}

// -- outcomes -----------------------------------------------------------------

std::string outcome(const caf::error& error) {
  if (!error)
    return "ok";
  auto code = code_of(error);
  return code ? to_string(*code) : "foreign error";
}

std::string trouble(facade& store, std::string_view code) {
  std::string result;
  eventually([&] {
    auto answer = store.wait_ready(look_interval);
    result = words(answer);
    return outcome(answer) == code;
  });
  return result;
}

bool eventually(const std::function<bool()>& holds) {
  using clock = std::chrono::steady_clock;
  std::mutex mutex;
  std::condition_variable nobody;
  std::unique_lock lock{mutex};
  for (auto limit = clock::now() + patience; clock::now() < limit;) {
    if (holds())
      return true;
    nobody.wait_for(lock, look_interval);
  }
  return holds();
}

// -- cases --------------------------------------------------------------------

std::ostream& operator<<(std::ostream& out, const store_case& x) {
  return out << name_of(x.layout) << " on " << x.server;
}

std::vector<store_case> all_store_cases() {
  std::vector<store_case> result;
  for (const auto& name : all_server_names()) {
    // Redis 7 has no HSETEX.
    if (name != "redis-7")
      result.push_back({name, layout::hash_field_expiry});
    result.push_back({name, layout::three_set});
  }
  return result;
}

std::string store_case_name(const testing::TestParamInfo<store_case>& x) {
  auto name = x.param.server + "_" + name_of(x.param.layout);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

void LayoutStoreTest::SetUp() {
  auto kind = require_server(GetParam().server);
  if (!kind)
    GTEST_SKIP() << "no " << GetParam().server << " on this machine";
  target = std::make_unique<server>(*kind);
}

options LayoutStoreTest::settings(const std::string& socket_path) const {
  auto result = options_for(socket_path);
  result.layout = GetParam().layout;
  return result;
}

options LayoutStoreTest::settings() const {
  return settings(target->socket_path());
}

std::size_t LayoutStoreTest::writes_in_ring(const std::string& id) {
  std::size_t result = 0;
  if (is_hash()) {
    for (auto* slot : {".0", ".1", ".2", ".3"})
      result
        += target->command({"HEXISTS", "charon_.426.full", "l.l." + id + slot})
           == 1;
    return result;
  }
  auto ring = target->command({"HGET", "charon_.o.426.full", id});
  return static_cast<std::size_t>(
    std::count(ring.text.begin(), ring.text.end(), ';'));
}

std::string LayoutStoreTest::stored_lock(const std::string& id) {
  return is_hash()
           ? target->command({"HGET", "charon_.426.full", "l." + id}).text
           : target->command({"HGET", "charon_.l.426.full", id}).text;
}

} // namespace obol::test
