#include "obol/internal/handshake.hpp"

#include "obol/command.hpp"
#include "obol/error.hpp"
#include "obol/server_error.hpp"
#include "obol/validation.hpp"

#include <charconv>
#include <cstdlib>
#include <system_error>
#include <vector>

namespace obol::internal {

namespace {

constexpr int protocol_version = 2;

server_facts read_facts(const reply& hello) {
  server_facts result;
  for (std::size_t i = 0; i + 1 < hello.elements.size(); i += 2) {
    const auto& name = hello.elements[i].text;
    const auto& value = hello.elements[i + 1].text;
    if (name == "server")
      result.name = value;
    else if (name == "version")
      result.version = value;
    else if (name == "mode")
      result.mode = value;
    else if (name == "role")
      result.role = value;
  }
  return result;
}

bool parse(const std::string& digits, std::int64_t max, std::int64_t& out) {
  auto end = digits.data() + digits.size();
  auto parsed = std::from_chars(digits.data(), end, out);
  return parsed.ec == std::errc{} && parsed.ptr == end && out >= 0
         && out <= max;
}

} // namespace

handshake::handshake(const options& settings, account who)
  : settings_(settings), who_(who) {
}

std::string handshake::request() const {
  switch (step_) {
    case step::hello:
      break;
    case step::select:
      return command{"SELECT", settings_.database}.bytes();
    case step::time:
      return command{"TIME"}.bytes();
  }
  auto own
    = who_ == account::registrar && !settings_.registrar_username.empty();
  const auto& user = own ? settings_.registrar_username : settings_.username;
  const auto& password
    = own ? settings_.registrar_password : settings_.password;
  std::vector<command_argument> words{"HELLO", protocol_version};
  if (!password.empty()) {
    words.emplace_back("AUTH");
    words.emplace_back(user.empty() ? std::string_view{"default"} : user);
    words.emplace_back(password.reveal());
  }
  words.emplace_back("SETNAME");
  words.emplace_back(settings_.client_name);
  return command{words}.bytes();
}

handshake::progress handshake::on_reply(const reply& x, instant asked,
                                        instant answered, std::int64_t unix_ms,
                                        server_clock& clock) {
  if (x.is_error()) {
    auto error = classify(x.text);
    if (step_ == step::hello
        && error.kind == server_error_kind::unknown_command)
      return fail(
        ec::misconfigured,
        "the server does not know HELLO; Redis >= 7 or Valkey is needed");
    failure_ = to_error(error);
    return progress::failed;
  }
  switch (step_) {
    case step::hello:
      return on_hello(x);
    case step::select:
      step_ = step::time;
      return progress::next;
    case step::time:
      break;
  }
  return on_time(x, asked, answered, unix_ms, clock);
}

handshake::progress handshake::on_hello(const reply& x) {
  if (!x.is_array())
    return fail(ec::misconfigured,
                "the server does not speak the Redis protocol");
  server_ = read_facts(x);
  if (server_.mode == "sentinel")
    return fail(ec::misconfigured,
                "this is a Sentinel; name the server it watches instead");
  if (server_.mode == "cluster")
    return fail(ec::misconfigured, "the server runs in cluster mode, which is "
                                   "not supported");
  if (server_.role != "master")
    return fail(ec::unavailable, "the server is a replica");
  step_ = settings_.database != 0 ? step::select : step::time;
  return progress::next;
}

handshake::progress handshake::on_time(const reply& x, instant asked,
                                       instant answered, std::int64_t unix_ms,
                                       server_clock& clock) {
  std::int64_t seconds = 0;
  std::int64_t microseconds = 0;
  if (!x.is_array(2) || !parse(x.elements[0].text, max_unix_seconds, seconds)
      || !parse(x.elements[1].text, 999'999, microseconds))
    return fail(ec::misconfigured, "the server's TIME is not a time");
  auto server_ms = seconds * 1000 + microseconds / 1000;
  clock_offset_ = std::chrono::milliseconds{server_ms - unix_ms};
  if (std::chrono::abs(clock_offset_) > settings_.clock_offset_max)
    return fail(ec::misconfigured,
                "the server's clock differs from this machine's by "
                  + std::to_string(clock_offset_.count() / 1000)
                  + " s, more than the option clock_offset_max allows");
  clock.measure(server_ms, asked, answered);
  return progress::done;
}

std::string handshake::clock_warning() const {
  if (std::chrono::abs(clock_offset_) <= settings_.clock_offset_warning)
    return {};
  return "the server's clock differs from this machine's by "
         + std::to_string(clock_offset_.count()) + " ms";
}

handshake::progress handshake::fail(ec code, std::string text) {
  failure_ = caf::make_error(code, std::move(text));
  return progress::failed;
}

} // namespace obol::internal
