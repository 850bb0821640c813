#include "conformance_pair.hpp"

#include "obol/command.hpp"
#include "obol/reply_reader.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <sstream>

namespace obol::test {

namespace {

using testing::internal::request_reader;
using testing::internal::simulated_server;

std::int64_t unix_us() {
  using namespace std::chrono;
  auto now = system_clock::now().time_since_epoch();
  return duration_cast<microseconds>(now).count();
}

redis_reply to_value(const reply& x) {
  redis_reply result;
  switch (x.kind) {
    case reply::kind::nil:
      break;
    case reply::kind::integer:
      result.type = redis_reply::kind::integer;
      result.integer = x.integer;
      break;
    case reply::kind::status:
      result.type = redis_reply::kind::status;
      break;
    case reply::kind::error:
      result.type = redis_reply::kind::error;
      break;
    case reply::kind::bulk:
      result.type = redis_reply::kind::text;
      break;
    case reply::kind::array:
      result.type = redis_reply::kind::array;
      break;
  }
  result.text = x.text;
  for (const auto& element : x.elements)
    result.elements.push_back(to_value(element));
  return result;
}

std::string printed(const redis_reply& x) {
  std::ostringstream out;
  out << x;
  return out.str();
}

// -- making replies alike -----------------------------------------------------

void sort(std::vector<redis_reply>& elements) {
  std::sort(elements.begin(), elements.end(),
            [](auto& a, auto& b) { return printed(a) < printed(b); });
}

/// Joins names and values in turn, so that sorting keeps them together.
void pair_up(redis_reply& x) {
  std::vector<redis_reply> pairs;
  for (std::size_t i = 0; i + 1 < x.elements.size(); i += 2) {
    redis_reply both;
    both.type = redis_reply::kind::array;
    both.elements = {x.elements[i], x.elements[i + 1]};
    pairs.push_back(std::move(both));
  }
  x.elements = std::move(pairs);
}

redis_reply* value_of(redis_reply& map, const char* name) {
  for (std::size_t i = 0; i + 1 < map.elements.size(); i += 2)
    if (map.elements[i] == name)
      return &map.elements[i + 1];
  return nullptr;
}

void normalize_hello(redis_reply& x) {
  // Modules and the last digits of a version differ between builds.
  for (const auto* name : {"id", "modules"})
    if (auto* value = value_of(x, name))
      *value = {};
  if (auto* version = value_of(x, "version"))
    version->text = version->text.substr(0, version->text.find('.'));
}

void normalize_libraries(redis_reply& x) {
  for (auto& library : x.elements) {
    auto* functions = value_of(library, "functions");
    if (!functions)
      continue;
    for (auto& function : functions->elements)
      if (auto* flags = value_of(function, "flags"))
        sort(flags->elements);
    sort(functions->elements);
  }
  sort(x.elements);
}

void normalize_command_info(redis_reply& x) {
  for (auto& command : x.elements)
    if (command.elements.size() == 10)
      command.elements
        = {command.elements[0], command.elements[1], command.elements[3],
           command.elements[4], command.elements[5]};
}

std::string upper(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

void normalize(const request_words& request, redis_reply& x) {
  const auto name = upper(request.front());
  const auto part = request.size() > 1 ? upper(request[1]) : std::string{};
  if (x.type == redis_reply::kind::array) {
    if (name == "HGETALL")
      pair_up(x);
    if (name == "HGETALL" || name == "HKEYS" || name == "HVALS")
      sort(x.elements);
    else if (name == "HELLO")
      normalize_hello(x);
    else if (name == "FUNCTION" && part == "LIST")
      normalize_libraries(x);
    else if (name == "COMMAND")
      normalize_command_info(x);
    else if (name == "ROLE")
      x.elements.resize(1);
    else if (name == "TIME")
      x.elements.back().text.clear();
  } else if (name == "CLIENT" && part == "ID") {
    x.integer = 0;
  }
}

// -- comparing ----------------------------------------------------------------

/// Whether numbers are moments, or spans, that the time between two servers'
/// turns explains.
bool is_near(std::int64_t a, std::int64_t b) {
  constexpr std::int64_t hour = 3600;
  const auto now = unix_us() / 1'000'000;
  const auto apart = std::abs(a - b);
  if (std::abs(a - now) < hour)
    return apart <= 2;
  if (std::abs(a / 1000 - now) < hour)
    return apart <= 2000;
  return a == b;
}

bool are_near(const std::string& a, const std::string& b) {
  const std::string_view late = "LATE ";
  if (a.starts_with(late) && b.starts_with(late))
    return are_near(a.substr(late.size()), b.substr(late.size()));
  std::int64_t x = 0;
  std::int64_t y = 0;
  const auto read = [](const std::string& text, std::int64_t& out) {
    const auto* end = text.data() + text.size();
    return std::from_chars(text.data(), end, out).ptr == end;
  };
  return read(a, x) && read(b, y) && is_near(x, y);
}

bool alike(const redis_reply& a, const redis_reply& b, bool spans) {
  if (a.type != b.type || a.elements.size() != b.elements.size())
    return false;
  if (a.integer != b.integer) {
    // What is left of a span differs by the time between two turns.
    const auto both_spans = spans && a.integer > 0 && b.integer > 0
                            && std::abs(a.integer - b.integer) <= 2000;
    if (!both_spans && !is_near(a.integer, b.integer))
      return false;
  }
  if (a.text != b.text && !are_near(a.text, b.text))
    return false;
  for (std::size_t i = 0; i < a.elements.size(); ++i)
    if (!alike(a.elements[i], b.elements[i], spans))
      return false;
  return true;
}

bool asks_for_span(const request_words& request) {
  return upper(request.front()).ends_with("TTL");
}

} // namespace

request_words words_of(std::string_view line) {
  request_words result;
  auto quoted = false;
  auto open = false;
  for (auto c : line) {
    if (c == '"') {
      quoted = !quoted;
      if (!open)
        result.emplace_back();
      open = true;
    } else if (c == ' ' && !quoted) {
      open = false;
    } else {
      if (!open)
        result.emplace_back();
      open = true;
      result.back() += c;
    }
  }
  return result;
}

simulated_kind ConformanceTest::kind() const {
  if (GetParam() == "redis-7")
    return simulated_kind::redis_7;
  return GetParam() == "redis-8" ? simulated_kind::redis_8
                                 : simulated_kind::valkey_9;
}

void ConformanceTest::start_pair(server_options options) {
  simulated = std::make_unique<simulated_server>(kind(), unix_us);
  simulated->password = options.password;
  real = start(std::move(options));
  client_ = std::make_unique<redis_client>(real->connect());
  session = simulated->open_session();
}

redis_reply ConformanceTest::on_real(const request_words& request) {
  return real->command(request);
}

redis_reply ConformanceTest::on_simulated(const request_words& request) {
  const std::vector<command_argument> arguments{request.begin(), request.end()};
  requests_.feed(command{arguments}.bytes());
  if (requests_.next() != request_reader::status::complete)
    throw std::runtime_error("the simulated server does not take the request");
  reply_reader replies;
  auto bytes = simulated->execute(session, requests_.request());
  replies.feed(bytes);
  auto result = replies.next();
  if (result.status != reply_reader::status::have_reply || replies.has_unread())
    throw std::runtime_error("the simulated server answers no whole reply");
  return to_value(result.reply);
}

bool ConformanceTest::compare(const request_words& request) {
  auto expected = client_->command(request);
  auto actual = on_simulated(request);
  normalize(request, expected);
  normalize(request, actual);
  if (alike(expected, actual, asks_for_span(request)))
    return true;
  std::string line;
  for (const auto& word : request)
    line += (line.empty() ? "" : " ") + word;
  ADD_FAILURE() << script << "\n  command:   " << line
                << "\n  real:      " << expected << "\n  simulated: " << actual;
  return false;
}

void ConformanceTest::compare_all(const std::vector<std::string>& lines) {
  for (const auto& line : lines)
    compare(words_of(line));
}

void ConformanceTest::compare_contents() {
  auto keys = on_real({"KEYS", "*"}).texts();
  std::sort(keys.begin(), keys.end());
  // Not DBSIZE: that counts what has expired and was not reclaimed.
  EXPECT_EQ(simulated->data[session.database].size(unix_us() / 1000),
            keys.size())
    << script;
  for (const auto& key : keys) {
    compare({"TYPE", key});
    compare({"PEXPIRETIME", key});
    const auto type = on_real({"TYPE", key}).text;
    if (type == "string")
      compare({"GET", key});
    if (type == "zset")
      compare({"ZRANGE", key, "0", "-1", "WITHSCORES"});
    if (type != "hash")
      continue;
    compare({"HGETALL", key});
    for (const auto& field : on_real({"HKEYS", key}).texts())
      if (has_field_expiry())
        compare({"HPEXPIRETIME", key, "FIELDS", "1", field});
  }
}

} // namespace obol::test
