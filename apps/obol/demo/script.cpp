#include "demo/script.hpp"

#include "cli/time_text.hpp"
#include "demo/load.hpp"
#include "obol/error.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <iterator>
#include <memory>
#include <utility>

namespace obol::demo {

namespace {

using namespace std::chrono_literals;

constexpr const char* device_names[] = {"phone", "laptop", "tablet"};

/// Short, so that nothing stays for long where a demo is cut off.
constexpr unix_seconds refresh_lifetime = 3'600;
constexpr unix_seconds login_lifetime = 24 * 3'600;

constexpr int clients = 50;
constexpr int first_client = 1'001;
constexpr std::chrono::milliseconds load_time = 2s;

unix_seconds current_time() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

std::string count_text(const caf::expected<std::int64_t>& x,
                       const std::string& what) {
  return x ? std::to_string(*x) + ' ' + what : describe(x.error());
}

/// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number) {
  auto result = std::to_string(number);
  for (auto i = static_cast<int>(result.size()) - 3; i > 0; i -= 3)
    result.insert(static_cast<std::size_t>(i), ",");
  return result;
}

std::string rate_text(const load_result& x) {
  auto result = grouped(x.per_second()) + " a second";
  if (x.failed > 0)
    result += "; " + std::to_string(x.failed)
              + " clients failed: " + describe(x.first_failure);
  return result;
}

/// A call that is under way.
using pending = std::shared_ptr<std::promise<caf::expected<session>>>;

pending send_upsert(facade& store, session what) {
  auto result = std::make_shared<std::promise<caf::expected<session>>>();
  store.upsert(std::move(what), [result](caf::expected<session> answer) {
    result->set_value(std::move(answer));
  });
  return result;
}

} // namespace

script::script(facade& store, narrator& out,
               std::function<bool()> flush_functions)
  : store_(store), out_(out), flush_functions_(std::move(flush_functions)),
    now_(current_time()) {
}

void script::play() {
  log_in_on_three_devices();
  refresh();
  refresh_twice_at_once();
  list_devices();
  log_out_one();
  refresh_too_late();
  log_out_everywhere();
  lose_the_functions();
  measure();
}

void script::clean_up() {
  store_.remove_all({user_});
  for (int i = 0; i < clients; ++i)
    store_.remove_all({user_id{first_client + i}});
}

// -- steps --------------------------------------------------------------------

void script::log_in_on_three_devices() {
  out_.step("User 42 logs in on three devices");
  for (auto device : device_names) {
    auto stored = store_.upsert(new_login(device));
    out_.check(device, outcome_of(stored), stored && stored->lock_version == 1);
    if (stored)
      devices_[device] = std::move(*stored);
  }
}

void script::refresh() {
  out_.step("The phone refreshes its session");
  auto stored = store_.upsert(refreshed(devices_["phone"]));
  out_.check("phone", outcome_of(stored), stored && stored->lock_version == 2);
  if (stored)
    devices_["phone"] = std::move(*stored);
}

void script::refresh_twice_at_once() {
  out_.step("Two services refresh the phone's session at the same time");
  auto next = refreshed(devices_["phone"]);
  std::array<pending, 2> calls{send_upsert(store_, next),
                               send_upsert(store_, next)};
  std::vector<caf::expected<session>> answers;
  for (auto& call : calls)
    answers.push_back(call->get_future().get());
  auto lost = [](const caf::expected<session>& x) {
    return !x && code_of(x.error()) == ec::conflict;
  };
  auto losers = std::count_if(answers.begin(), answers.end(), lost);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& answer = answers[i];
    out_.check(i == 0 ? "one service" : "the other", outcome_of(answer),
               losers == 1 && (answer || lost(answer)));
    if (answer)
      devices_["phone"] = *answer;
  }
}

void script::list_devices() {
  out_.step("Where is user 42 logged in?");
  auto found = store_.get_all({user_});
  if (!found) {
    out_.check("list", describe(found.error()), false);
    return;
  }
  std::sort(found->begin(), found->end(),
            [](const auto& x, const auto& y) { return x.id < y.id; });
  for (const auto& x : *found)
    out_.tell(x.id, "refreshed " + cli::format_time(x.refreshed_at)
                      + " UTC, lock version " + std::to_string(x.lock_version));
  out_.check("list", std::to_string(found->size()) + " sessions",
             found->size() == std::size(device_names));
}

void script::log_out_one() {
  out_.step("User 42 logs out on the tablet");
  auto count = store_.remove(devices_["tablet"].key());
  out_.check("tablet", count_text(count, "session removed"),
             count && *count == 1);
}

void script::refresh_too_late() {
  out_.step("A refresh of the tablet was still on its way");
  auto late = store_.upsert(refreshed(devices_["tablet"]));
  out_.check("tablet", outcome_of(late),
             !late && code_of(late.error()) == ec::gone);
  auto found = store_.get(devices_["tablet"].key());
  if (found)
    out_.check("read it again", *found ? "it is back" : "no such session",
               !*found);
  else
    out_.check("read it again", describe(found.error()), false);
}

void script::log_out_everywhere() {
  out_.step("User 42 logs out everywhere");
  auto count = store_.remove_all({user_});
  out_.check("all devices", count_text(count, "sessions removed"),
             count && *count == 2);
  auto left = store_.get_all({user_});
  out_.check("list",
             left ? std::to_string(left->size()) + " sessions"
                  : describe(left.error()),
             left && left->empty());
}

void script::lose_the_functions() {
  out_.step("Somebody removes the functions from the server");
  if (!flush_functions_) {
    out_.tell("left out", "this server is not ours alone");
    return;
  }
  auto before = store_.status().functions_loaded;
  auto flushed = flush_functions_();
  out_.check("FUNCTION FLUSH", flushed ? "OK" : "the server refused it",
             flushed);
  // A deleted id is not used again.
  auto stored = store_.upsert(new_login("new-phone"));
  out_.check("log in again", outcome_of(stored),
             stored && stored->lock_version == 1);
  auto loads = store_.status().functions_loaded - before;
  out_.check("functions loaded again",
             std::to_string(loads) + (loads == 1 ? " time" : " times"),
             loads == 1);
}

void script::measure() {
  out_.step(std::to_string(clients)
            + " clients in this process, each waiting for its answer before "
              "it asks again");
  auto sessions = log_in_clients();
  auto gets = measure_gets(store_, sessions, load_time);
  out_.check("get", rate_text(gets), gets.done > 0 && gets.failed == 0);
  auto refreshes = measure_refreshes(store_, sessions, load_time);
  out_.check("refresh", rate_text(refreshes),
             refreshes.done > 0 && refreshes.failed == 0);
}

// -- sessions -----------------------------------------------------------------

session script::new_login(const std::string& device) {
  session result;
  result.id = "demo-" + device;
  result.user_id = user_;
  result.created_at = now_;
  result.refreshed_at = now_;
  result.refresh_expires_at = now_ + refresh_lifetime;
  result.expires_at = now_ + login_lifetime;
  result.refresh_token_id = "demo-token-of-" + device;
  result.tokens_fresh_from = now_;
  if (auto payload = extra_payload::from_json("{\"device\":\"" + device
                                              + "\",\"trusted\":true}"))
    result.extra_payload = std::move(*payload);
  return result;
}

session script::refreshed(const session& x) const {
  auto result = x;
  result.refreshed_at = current_time();
  result.refresh_expires_at = result.refreshed_at + refresh_lifetime;
  result.prev_tokens_fresh_from = x.tokens_fresh_from;
  result.tokens_fresh_from = result.refreshed_at;
  return result;
}

std::vector<session> script::log_in_clients() {
  std::vector<session> result;
  for (int i = 0; i < clients; ++i) {
    auto login = new_login("client");
    login.user_id = user_id{first_client + i};
    auto stored = store_.upsert(std::move(login));
    if (!stored) {
      out_.check("log in", describe(stored.error()), false);
      break;
    }
    result.push_back(std::move(*stored));
  }
  return result;
}

} // namespace obol::demo
