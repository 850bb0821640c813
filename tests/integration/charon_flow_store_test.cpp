#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <ostream>
#include <set>

#include "charon_records.hpp"
#include "store_fixture.hpp"

// What Charon did to a real server, done by a store: afterwards the server
// holds the same. With `write_guard = charon` that means the same keys, fields,
// expiries, lock versions, expiry indexes and prune locks, and sessions whose
// signed terms are equal. With `exactly_once` it means the same but for what is
// obol's own, and nothing else:
//
// - the fields `l.l.<id>`, or the keys `P.o.U.T`: write rings;
// - for half a minute after a delete the id's lock, which then is 2^53 - 1,
// with
//   its entry in the expiry index of the three sets: tombstones.
//
// Three steps have another outcome, deliberately:
//
// - a type with a dot is `invalid_argument`, so the keys of that step are not
//   there;
// - a first write with lock version 41 is `gone` with `exactly_once`, so that
//   session is not there;
// - a session that is over already is `session_expired`, where Charon says ok
//   and stores nothing. What the server holds is the same.

namespace obol::test {

namespace {

using nlohmann::json;

constexpr const char* tombstone = "9007199254740991";
constexpr const char* refused_type = "x.y";
constexpr const char* late_first_write = "sid-c";

struct flow_case {
  store_case where;
  write_guard guard;

  friend std::ostream& operator<<(std::ostream& out, const flow_case& x) {
    return out << x.where;
  }
};

std::vector<flow_case> all_flow_cases() {
  std::vector<flow_case> result;
  for (auto& x : all_store_cases())
    for (auto guard : {write_guard::charon, write_guard::exactly_once})
      result.push_back({x, guard});
  return result;
}

std::string flow_case_name(const testing::TestParamInfo<flow_case>& x) {
  return store_case_name({x.param.where, x.index})
         + (x.param.guard == write_guard::charon ? "_charon" : "_exactly_once");
}

// -- what a server holds ------------------------------------------------------

/// A field of a hash, a member of a sorted set, or a whole string.
struct held_value {
  std::string value;
  std::int64_t expires_at = 0;

  friend bool operator==(const held_value&, const held_value&) = default;

  friend std::ostream& operator<<(std::ostream& out, const held_value& x) {
    return out << testing::PrintToString(x.value) << " until " << x.expires_at;
  }
};

struct held_key {
  std::string type;
  std::int64_t expires_at = 0;
  std::map<std::string, held_value> values;

  friend bool operator==(const held_key&, const held_key&) = default;

  friend std::ostream& operator<<(std::ostream& out, const held_key& x) {
    return out << x.type << " until " << x.expires_at << ' '
               << testing::PrintToString(x.values);
  }
};

using held_keys = std::map<std::string, held_key>;

/// Stands for an hour from the moment of some call.
constexpr std::int64_t about_an_hour = -2;

std::string bytes(const json& text) {
  return from_hex(text.at("hex").get<std::string>());
}

/// The golden files write integers as strings here and there.
std::int64_t integer(const json& value) {
  return value.is_string() ? std::stoll(value.get<std::string>())
                           : value.get<std::int64_t>();
}

/// Sessions are compared as terms.
std::string comparable(charon_records& records, const std::string& value) {
  return value.starts_with("signed.") ? records.canonical(value) : value;
}

held_keys golden_keys(charon_records& records, const json& keys_after) {
  held_keys result;
  for (const auto& from : keys_after) {
    auto& key = result[bytes(from.at("key"))];
    key.type = from.at("type");
    key.expires_at = from.contains("expiretime")
                       ? integer(from.at("expiretime"))
                       : about_an_hour;
    if (key.type == "string") {
      key.values[""] = {bytes(from.at("content"))};
      continue;
    }
    for (const auto& x : from.at("content")) {
      if (key.type == "zset") {
        key.values[bytes(x.at("member"))].value
          = std::to_string(integer(x.at("score")));
        continue;
      }
      auto& value = key.values[bytes(x.at("field"))];
      value.value = comparable(records, bytes(x.at("value")));
      if (x.contains("hexpiretime"))
        value.expires_at = integer(x.at("hexpiretime"));
    }
  }
  return result;
}

void read_hash(charon_records& records, server& target, const std::string& name,
               bool fields_expire, held_key& to) {
  for (auto& field : target.command({"HKEYS", name}).texts()) {
    auto& value = to.values[field];
    value.value
      = comparable(records, target.command({"HGET", name, field}).text);
    if (fields_expire)
      value.expires_at
        = target.command({"HEXPIRETIME", name, "FIELDS", "1", field})
            .elements.at(0)
            .integer;
  }
}

held_keys keys_on(charon_records& records, server& target, bool fields_expire) {
  held_keys result;
  for (auto& name : target.command({"KEYS", "*"}).texts()) {
    auto& key = result[name];
    key.type = target.command({"TYPE", name}).text;
    key.expires_at = target.command({"EXPIRETIME", name}).integer;
    if (key.type == "string") {
      key.values[""] = {target.command({"GET", name}).text};
      auto ttl = target.command({"TTL", name}).integer;
      if (ttl > 3500 && ttl <= 3600)
        key.expires_at = about_an_hour;
    } else if (key.type == "zset") {
      auto members = target.command({"ZRANGE", name, "0", "-1"}).texts();
      for (auto& member : members)
        key.values[member].value
          = target.command({"ZSCORE", name, member}).text;
    } else {
      read_hash(records, target, name, fields_expire, key);
    }
  }
  return result;
}

void erase_empty(held_keys& keys) {
  std::erase_if(keys, [](const auto& x) { return x.second.values.empty(); });
}

/// Takes away what is obol's own.
void erase_own_of_hash(held_keys& keys) {
  for (auto& [name, key] : keys)
    std::erase_if(key.values, [](const auto& x) {
      return x.first.starts_with("l.l.")
             || (x.first.starts_with("l.") && x.second.value == tombstone);
    });
  erase_empty(keys);
}

void erase_own_of_three_set(held_keys& keys) {
  const std::string prefix = "charon_.";
  std::erase_if(
    keys, [&](const auto& x) { return x.first.starts_with(prefix + "o."); });
  for (auto& [name, key] : keys) {
    if (!name.starts_with(prefix + "l."))
      continue;
    auto index = keys.find(prefix + "e." + name.substr(prefix.size() + 2));
    std::erase_if(key.values, [&](const auto& x) {
      if (x.second.value != tombstone)
        return false;
      EXPECT_EQ(index->second.values.erase(x.first), 1u);
      return true;
    });
  }
  erase_empty(keys);
}

} // namespace

// -- the flow -----------------------------------------------------------------

class CharonFlowStoreTest : public testing::TestWithParam<flow_case> {
protected:
  void SetUp() override {
    auto kind = require_server(GetParam().where.server);
    if (!kind)
      GTEST_SKIP() << "no " << GetParam().where.server << " on this machine";
    target = std::make_unique<server>(*kind);
    auto settings = options_for(*target);
    settings.layout = GetParam().where.layout;
    settings.write_guard = GetParam().guard;
    settings.signing_key = secret{golden_key_bytes(charon_secret)};
    store.emplace(ready_store(std::move(settings)));
  }

  bool is_hash() const {
    return GetParam().where.layout == layout::hash_field_expiry;
  }

  bool is_exactly_once() const {
    return GetParam().guard == write_guard::exactly_once;
  }

  void run(const json& step) {
    auto commands = json::array();
    for (const auto& connection : step.at("wire"))
      for (const auto& command : connection.at("commands"))
        commands.push_back(command);
    if (commands.empty())
      refuse_what_is_over();
    for (const auto& command : commands)
      run_command(command, step.at("result"));
  }

  void run_command(const json& command, const json& result) {
    auto word = [&](std::size_t i) { return bytes(command.at(i)); };
    auto name = word(0);
    if (name == "HGET") {
      auto set = set_of(word(1));
      auto found = store->get({word(2), set.user_id, set.type});
      ASSERT_EQ(words(found), "ok");
      EXPECT_EQ(!*found, result.at("inspect") == "nil");
    } else if (name == "HGETALL" || name == "HVALS") {
      auto found = store->get_all(set_of(word(1)));
      ASSERT_EQ(words(found), "ok");
      EXPECT_EQ(found->size(), expected_in(result));
    } else if (name == "FCALL" && word(1).starts_with("opt_lock_upsert")) {
      upsert(records.decoded(word(command.size() - 2)), result);
    } else if (name == "HDEL" && !word(1).starts_with("charon_.l.")) {
      auto set = set_of(word(1));
      EXPECT_EQ(words(store->remove({word(2), set.user_id, set.type})), "ok");
    } else if (name == "DEL") {
      EXPECT_EQ(words(store->remove_all(set_of(word(1)))), "ok");
    }
  }

  /// The set whose key this is, in either layout.
  static session_set set_of(const std::string& key) {
    auto type = key.rfind('.') + 1;
    auto user = key.rfind('.', type - 2) + 1;
    return {std::stoi(key.substr(user)), key.substr(type)};
  }

  std::size_t expected_in(const json& result) const {
    auto count = result.at("term").at("v").size();
    return count > 0 && is_exactly_once() ? count - 1 : count;
  }

  void upsert(session login, const json& result) {
    --login.lock_version;
    latest = login;
    auto expected
      = result.at("inspect") == ":ok" ? std::string{"ok"} : "conflict";
    if (login.type == refused_type)
      expected = "invalid_argument";
    else if (login.id == late_first_write && is_exactly_once())
      expected = "gone";
    else if (login.refresh_expires_at <= login.refreshed_at)
      expected = "session_expired";
    EXPECT_EQ(outcome(store->upsert(login)), expected);
  }

  /// Charon skips such a write without a word to the server.
  void refuse_what_is_over() {
    if (latest.id.empty())
      return;
    auto over = latest;
    over.type = "full";
    over.user_id = some_user;
    over.refresh_expires_at = over.refreshed_at - 1;
    EXPECT_EQ(outcome(store->upsert(over)), "session_expired");
  }

  held_keys expected_keys(const json& keys_after) {
    auto result = golden_keys(records, keys_after);
    std::erase_if(result, [](const auto& x) {
      return x.first.ends_with(std::string{"."} + refused_type);
    });
    if (!is_exactly_once())
      return result;
    for (auto& [name, key] : result)
      for (auto* lock : {"", "l."})
        key.values.erase(std::string{lock} + late_first_write);
    return result;
  }

  held_keys actual_keys() {
    auto result = keys_on(records, *target, is_hash());
    if (is_exactly_once() && is_hash())
      erase_own_of_hash(result);
    else if (is_exactly_once())
      erase_own_of_three_set(result);
    return result;
  }

  charon_records records;
  std::unique_ptr<server> target;
  std::optional<facade> store;
  session latest;
};

INSTANTIATE_TEST_SUITE_P(On, CharonFlowStoreTest,
                         testing::ValuesIn(all_flow_cases()), flow_case_name);

TEST_P(CharonFlowStoreTest, TheServerHoldsTheSameAfterEveryStep) {
  const auto flow = read_golden_file(
    std::string{OBOL_GOLDEN_DIR "/"}
    + (is_hash() ? "flow-4.3.0-redis8.json" : "flow-3.4.1-redis7.json"));
  int steps = 0;
  for (const auto& step : flow.at("steps")) {
    SCOPED_TRACE(step.at("step").get<std::string>());
    // The first one loads Charon's functions.
    if (steps++ > 0)
      run(step);
    EXPECT_EQ(actual_keys(), expected_keys(step.at("keys_after")));
  }
  EXPECT_GT(steps, 15);
}

} // namespace obol::test
