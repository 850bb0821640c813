#include "lua/layout_test.hpp"

#include <algorithm>
#include <functional>
#include <sstream>
#include <stdexcept>

namespace obol::test {

namespace {

constexpr std::int64_t hour = 3600;
// Longer than a call may take in a store, so that a slow machine changes
// nothing.
constexpr std::int64_t budget_ms = 60'000;

constexpr int ring_slots = 4;

std::string content_of(server& target, const std::string& key,
                       const std::string& type) {
  std::ostringstream out;
  if (type == "string") {
    out << target.command({"GET", key});
  } else if (type == "zset") {
    out << target.command({"ZRANGE", key, "0", "-1", "WITHSCORES"});
  } else if (type == "hash") {
    auto fields = target.command({"HKEYS", key}).texts();
    std::sort(fields.begin(), fields.end());
    const bool field_expiry = target.has_command("HSETEX");
    for (const auto& field : fields) {
      out << field << '=' << target.command({"HGET", key, field});
      if (field_expiry)
        out << " until "
            << target.command({"HEXPIRETIME", key, "FIELDS", "1", field});
      out << '\n';
    }
  }
  return out.str();
}

} // namespace

std::string
layout_test_name(const testing::TestParamInfo<layout_case>& parameter) {
  auto name = parameter.param.server + '_' + parameter.param.layout;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::vector<layout_case> all_layouts() {
  std::vector<layout_case> result;
  for (const auto& name : all_server_names())
    for (const auto* layout : {"hash_field_expiry", "three_set"})
      // Redis 7 has no HSETEX; see ProbeWithoutHsetexTest.
      if (name != "redis-7" || layout != std::string_view{"hash_field_expiry"})
        result.push_back({name, layout});
  return result;
}

std::string op(char digit) {
  return std::string(16, digit);
}

std::string slot_field(const std::string& id, std::int64_t version) {
  return "l.l." + id + '.' + std::to_string(version % 4);
}

void load(server& target, const function_library& library) {
  const auto reply = target.command({"FUNCTION", "LOAD", library.code});
  if (reply.is_error())
    throw std::runtime_error("the library does not load: " + reply.text);
}

std::map<std::string, std::string> contents_of(server& target) {
  std::map<std::string, std::string> result;
  for (const auto& key : target.command({"KEYS", "*"}).texts()) {
    const auto type = target.command({"TYPE", key}).text;
    std::ostringstream out;
    out << type << " until " << target.command({"EXPIRETIME", key}) << '\n'
        << content_of(target, key, type);
    result[key] = out.str();
  }
  return result;
}

void LayoutTest::SetUp() {
  const auto kind = require_server(GetParam().server);
  if (!kind)
    GTEST_SKIP() << "no " << GetParam().server << " on this machine";
  // DEBUG lets a test keep expired fields from being reclaimed.
  target = std::make_unique<server>(
    *kind, server_options{.arguments = {"--enable-debug-command", "yes"}});
  if (is_hash() && !target->has_command("HSETEX"))
    GTEST_SKIP() << GetParam().server
                 << " has no HSETEX, which this layout needs";
  load(*target, library());
}

const function_library& LayoutTest::library() const {
  return is_hash() ? library_for_hash_field_expiry() : library_for_three_set();
}

std::vector<std::string> LayoutTest::keys() const {
  if (is_hash())
    return {"p.u.full"};
  return {"p.se.u.full", "p.e.u.full", "p.l.u.full", "p.pl.u.full",
          "p.o.u.full"};
}

std::vector<std::string>
LayoutTest::fcall(std::string_view function,
                  const std::vector<std::string>& arguments) const {
  const auto all_keys = keys();
  std::vector<std::string> result{"FCALL", library().function(function),
                                  std::to_string(all_keys.size())};
  result.insert(result.end(), all_keys.begin(), all_keys.end());
  result.insert(result.end(), arguments.begin(), arguments.end());
  return result;
}

redis_reply LayoutTest::call(std::string_view function,
                             std::vector<std::string> arguments) {
  return target->command(fcall(function, arguments));
}

redis_reply LayoutTest::upsert(const std::string& id, std::int64_t new_lock,
                               const std::string& operation,
                               const std::string& session) {
  return upsert_until(id, new_lock, operation, now() + hour, session);
}

redis_reply LayoutTest::upsert_until(const std::string& id,
                                     std::int64_t new_lock,
                                     const std::string& operation,
                                     std::int64_t expiry,
                                     const std::string& session) {
  return call("upsert", arguments_of({id, new_lock, session, expiry, operation,
                                      now_ms() + budget_ms}));
}

std::vector<std::string> LayoutTest::arguments_of(const write_call& x) const {
  const auto version = std::to_string(x.new_lock);
  const auto deadline = std::to_string(x.deadline_ms);
  std::vector<std::string> result{x.id, version, x.session,
                                  std::to_string(x.expiry)};
  if (!is_hash()) {
    result.insert(result.end(), {x.operation, deadline});
    return result;
  }
  constexpr std::int64_t last = 9'999'999'999;
  auto easy_ms = std::min(x.deadline_ms - 1000,
                          (std::min(x.expiry, last + 31) - 31) * 1000);
  if (easy_ms < 1'000'000'000'000 || x.expiry > last)
    easy_ms = 0;
  result.insert(result.end(),
                {version + ':' + x.operation,
                 std::to_string(easy_ms) + ':' + deadline,
                 slot_field(x.id, x.new_lock), std::to_string(x.new_lock - 1)});
  return result;
}

redis_reply LayoutTest::upsert_charon(const std::string& id,
                                      std::int64_t new_lock,
                                      const std::string& session) {
  std::vector<std::string> arguments{id, std::to_string(new_lock), session,
                                     std::to_string(now() + hour)};
  if (!is_hash())
    arguments.push_back(std::to_string(now()));
  return call("upsert_charon", std::move(arguments));
}

redis_reply LayoutTest::resolve(const std::string& id, std::int64_t new_lock,
                                const std::string& operation,
                                std::int64_t deadline_ms) {
  return call("resolve", {id, std::to_string(new_lock), operation,
                          std::to_string(deadline_ms)});
}

std::int64_t LayoutTest::now() {
  return now_ms() / 1000;
}

std::int64_t LayoutTest::now_ms() {
  const auto time = target->command({"TIME"}).texts();
  return std::stoll(time.at(0)) * 1000 + std::stoll(time.at(1)) / 1000;
}

redis_reply LayoutTest::stored_session(const std::string& id) {
  return target->command({"HGET", keys()[0], id});
}

redis_reply LayoutTest::stored_lock(const std::string& id) {
  return is_hash() ? target->command({"HGET", keys()[0], "l." + id})
                   : target->command({"HGET", keys()[2], id});
}

redis_reply LayoutTest::stored_ring(const std::string& id) {
  if (!is_hash())
    return target->command({"HGET", keys()[4], id});
  std::map<std::int64_t, std::string, std::greater<>> entries;
  redis_reply result;
  for (int n = 0; n < ring_slots; ++n) {
    result = target->command({"HGET", keys()[0], slot_field(id, n)});
    if (!result.is_nil())
      entries[std::stoll(result.text)] = result.text;
  }
  if (entries.empty())
    return result;
  result = target->command({"ECHO", ""});
  for (const auto& [version, text] : entries)
    result.text += ';' + text;
  return result;
}

void LayoutTest::plant_lock(const std::string& id, const std::string& text) {
  if (is_hash())
    target->command({"HSET", keys()[0], "l." + id, text});
  else
    target->command({"HSET", keys()[2], id, text});
}

void LayoutTest::plant_ring(const std::string& id, const std::string& text) {
  if (!is_hash()) {
    target->command({"HSET", keys()[4], id, text});
    return;
  }
  for (int n = 0; n < ring_slots; ++n)
    target->command({"HSET", keys()[0], slot_field(id, n), text});
}

void LayoutTest::drop_ring(const std::string& id) {
  if (!is_hash()) {
    target->command({"HDEL", keys()[4], id});
    return;
  }
  for (int n = 0; n < ring_slots; ++n)
    target->command({"HDEL", keys()[0], slot_field(id, n)});
}

std::int64_t LayoutTest::lock_expires_at_ms(const std::string& id) {
  if (is_hash())
    return target
      ->command({"HPEXPIRETIME", keys()[0], "FIELDS", "1", "l." + id})
      .elements.at(0)
      .integer;
  return std::stoll(target->command({"ZSCORE", keys()[1], id}).text) * 1000;
}

std::map<std::string, std::string> LayoutTest::contents() {
  return contents_of(*target);
}

} // namespace obol::test
