#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

#include "lua/layout_test.hpp"

namespace obol::test {

namespace {

using nlohmann::json;

std::string bytes(const json& text) {
  const auto hex = text.at("hex").get<std::string>();
  std::string result;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    result.push_back(
      static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return result;
}

using command_line = std::vector<std::string>;

/// The commands Charon sent in a step.
std::vector<command_line> commands_of(const json& step) {
  std::vector<command_line> result;
  for (const auto& connection : step.at("wire"))
    for (const auto& command : connection.at("commands")) {
      auto& words = result.emplace_back();
      for (const auto& word : command)
        words.push_back(word.contains("hex") ? bytes(word) : std::string{});
    }
  return result;
}

bool begins_with(const std::string& text, std::string_view start) {
  return text.rfind(start, 0) == 0;
}

/// The golden files write integers as strings here and there.
std::int64_t integer(const json& value) {
  return value.is_string() ? std::stoll(value.get<std::string>())
                           : value.get<std::int64_t>();
}

} // namespace

/// Replays what Charon did to a real server with our functions for its rule,
/// and expects the same keys, fields and expiries after each step.
class CharonFlowTest : public LayoutTest {
protected:
  void replay(const std::string& file) {
    std::ifstream in{OBOL_GOLDEN_DIR "/" + file};
    const auto flow = json::parse(in);
    int compared = 0;
    for (const auto& step : flow.at("steps")) {
      SCOPED_TRACE(step.at("step").get<std::string>());
      const auto commands = commands_of(step);
      for (const auto& command : commands)
        run_as_ours(command, commands,
                    step.at("result").at("inspect") == "{:error, :conflict}");
      compare(step.at("keys_after"));
      ++compared;
    }
    EXPECT_GT(compared, 15);
  }

private:
  redis_reply call_on(const std::vector<std::string>& on,
                      std::string_view function,
                      const std::vector<std::string>& arguments) {
    command_line words{"FCALL", library().function(function),
                       std::to_string(on.size())};
    words.insert(words.end(), on.begin(), on.end());
    words.insert(words.end(), arguments.begin(), arguments.end());
    return target->command(words);
  }

  /// KEYS for one of the keys a Charon command names.
  std::vector<std::string> keys_beside(const std::string& key) const {
    if (is_hash())
      return {key};
    const std::string prefix = "charon_.";
    const auto owner = key.substr(key.find('.', prefix.size()));
    std::vector<std::string> result;
    for (const auto* set : {"se", "e", "l", "pl", "o"})
      result.push_back(prefix + set + owner);
    return result;
  }

  void run_as_ours(const command_line& words,
                   const std::vector<command_line>& step, bool conflict) {
    const auto& name = words.at(0);
    if (name == "FCALL" && begins_with(words.at(1), "opt_lock_upsert")) {
      // 4.x passes the lock's field name after the id, 3.x prunes in a second
      // call.
      std::vector<std::string> arguments(
        words.begin() + 3 + std::stoi(words.at(2)), words.end());
      if (is_hash())
        arguments.erase(arguments.begin() + 1);
      else
        arguments.push_back(step.back().back());
      EXPECT_EQ(call_on(keys_beside(words.at(3)), "upsert_charon", arguments),
                conflict ? "CONFLICT" : "OK");
    } else if (name == "HDEL"
               && (is_hash() || begins_with(words.at(1), "charon_.se."))) {
      EXPECT_FALSE(
        call_on(keys_beside(words.at(1)), "delete_charon", {words.at(2)})
          .is_error());
    } else if (name == "DEL") {
      EXPECT_FALSE(
        call_on(keys_beside(words.at(1)), "delete_all_charon", {}).is_error());
    }
  }

  void compare(const json& golden) {
    std::set<std::string> expected_keys;
    for (const auto& expected : golden) {
      const auto key = bytes(expected.at("key"));
      SCOPED_TRACE(key);
      expected_keys.insert(key);
      compare_expiry(key, expected);
      compare_content(key, expected.at("type"), expected.at("content"));
    }
    const auto found = target->command({"KEYS", "*"}).texts();
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected_keys);
  }

  void compare_expiry(const std::string& key, const json& expected) {
    if (expected.contains("expiretime")) {
      EXPECT_EQ(target->command({"EXPIRETIME", key}),
                integer(expected.at("expiretime")));
      return;
    }
    // The prune lock runs from the moment of the call.
    const auto ttl = target->command({"TTL", key}).integer;
    EXPECT_GT(ttl, 3500);
    EXPECT_LE(ttl, 3600);
  }

  void compare_content(const std::string& key, const std::string& type,
                       const json& content) {
    EXPECT_EQ(target->command({"TYPE", key}), type.c_str());
    if (type == "string") {
      EXPECT_EQ(target->command({"GET", key}).text, bytes(content));
    } else if (type == "zset") {
      EXPECT_EQ(target->command({"ZCARD", key}),
                static_cast<std::int64_t>(content.size()));
      for (const auto& entry : content)
        EXPECT_EQ(
          std::stoll(
            target->command({"ZSCORE", key, bytes(entry.at("member"))}).text),
          integer(entry.at("score")));
    } else {
      EXPECT_EQ(target->command({"HLEN", key}),
                static_cast<std::int64_t>(content.size()));
      for (const auto& entry : content) {
        const auto field = bytes(entry.at("field"));
        EXPECT_EQ(target->command({"HGET", key, field}).text,
                  bytes(entry.at("value")));
        if (entry.contains("hexpiretime")) {
          const auto expiry
            = target->command({"HEXPIRETIME", key, "FIELDS", "1", field});
          EXPECT_EQ(expiry.elements.at(0), integer(entry.at("hexpiretime")));
        }
      }
    }
  }
};

INSTANTIATE_TEST_SUITE_P(On, CharonFlowTest, testing::ValuesIn(all_layouts()),
                         layout_test_name);

TEST_P(CharonFlowTest, LeavesTheSameKeysFieldsAndExpiries) {
  replay(is_hash() ? "flow-4.3.0-redis8.json" : "flow-3.4.1-redis7.json");
}

} // namespace obol::test
