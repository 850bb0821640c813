#include <cstdlib>

#include "conformance_scripts.hpp"

namespace obol::test {

namespace {

/// Calls functions of one library on the keys of one set, and looks at the keys
/// in between.
class session_calls {
public:
  session_calls(const function_library& library, bool one_hash)
    : library_(library), one_hash_(one_hash) {
  }

  void call(const std::string& function, std::vector<std::string> arguments) {
    auto keys = one_hash_
                  ? std::vector<std::string>{"p.u.t"}
                  : std::vector<std::string>{"p.se.u.t", "p.e.u.t", "p.l.u.t",
                                             "p.pl.u.t", "p.o.u.t"};
    std::vector<std::string> line{"FCALL", library_.function(function),
                                  std::to_string(keys.size())};
    line.insert(line.end(), keys.begin(), keys.end());
    line.insert(line.end(), arguments.begin(), arguments.end());
    lines.push_back(std::move(line));
    look();
  }

  /// What a store tells an upsert, by the head of the layout's library.
  void upsert(const std::string& id, const std::string& lock,
              const std::string& session, const std::string& expiry,
              const std::string& operation, const std::string& deadline_ms,
              const std::string& easy_ms = "0") {
    std::vector<std::string> arguments{id, lock, session, expiry};
    if (!one_hash_) {
      arguments.insert(arguments.end(), {operation, deadline_ms});
    } else {
      const auto version = std::atoi(lock.c_str());
      arguments.insert(arguments.end(),
                       {lock + ':' + operation, easy_ms + ':' + deadline_ms,
                        "l.l." + id + '.' + std::to_string(version % 4),
                        std::to_string(version - 1)});
    }
    call("upsert", arguments);
  }

  /// What Charon's own functions take, one more word where there are three
  /// sets.
  void upsert_charon(const std::string& id, const std::string& lock,
                     std::int64_t now) {
    std::vector<std::string> arguments{id, lock, "charon's",
                                       std::to_string(now + 5000)};
    if (!one_hash_)
      arguments.push_back(std::to_string(now));
    call("upsert_charon", arguments);
  }

  /// Writes a lock as no function does.
  void plant_lock(const std::string& id, const std::string& lock) {
    if (one_hash_)
      lines.push_back({"HSET", "p.u.t", "l." + id, lock});
    else
      lines.push_back({"HSET", "p.l.u.t", id, lock});
  }

  std::vector<std::vector<std::string>> lines;

private:
  void look() {
    if (one_hash_) {
      lines.push_back({"HGETALL", "p.u.t"});
      return;
    }
    for (const auto* key : {"p.se.u.t", "p.l.u.t", "p.o.u.t"}) {
      lines.push_back({"HGETALL", key});
      lines.push_back({"EXPIRETIME", key});
    }
    lines.push_back({"ZRANGE", "p.e.u.t", "0", "-1", "WITHSCORES"});
    lines.push_back({"EXPIRETIME", "p.e.u.t"});
    lines.push_back({"TTL", "p.pl.u.t"});
  }

  const function_library& library_;
  bool one_hash_;
};

} // namespace

std::vector<std::vector<std::string>>
session_script(const function_library& library, bool one_hash,
               std::int64_t now) {
  // Far enough from now that two servers' clocks do not matter.
  const auto far = std::to_string(now + 86'400);
  const auto soon = std::to_string(now + 25);
  const auto past = std::to_string(now - 100);
  const auto deadline = std::to_string((now + 60) * 1000);
  const auto easy = std::to_string((now + 59) * 1000);
  const auto passed = std::to_string((now - 60) * 1000);
  const auto op = [](char digit) { return std::string(16, digit); };
  session_calls x{library, one_hash};
  x.call("probe", {far});
  x.call("probe", {past});
  // OK, DUP, CONFLICT, OLD, GONE, EXPIRED, LATE.
  x.upsert("a", "1", "one", far, op('1'), deadline);
  x.upsert("a", "1", "one", far, op('1'), deadline);
  x.upsert("a", "1", "one", far, op('2'), deadline);
  for (char version = '2'; version < '7'; ++version)
    x.upsert("a", std::string{version}, "more", far, op(version), deadline,
             version % 2 == 0 ? easy : "0");
  x.upsert("a", "1", "one", far, op('1'), deadline);
  x.upsert("a", "9", "nine", far, op('9'), deadline);
  x.upsert("b", "2", "two", far, op('2'), deadline);
  x.upsert("b", "1", "one", past, op('2'), deadline);
  x.upsert("b", "1", "one", far, op('2'), passed);
  x.upsert("b", "1", "one", "99999999999", op('2'), deadline);
  x.upsert("c", "1", "one", far, op('c'), deadline, easy);
  x.upsert("s", "1", "ends soon", soon, op('5'), deadline);
  x.upsert("s", "2", "goes on", far, op('6'), deadline, easy);
  x.upsert("s", "1", "ends soon", soon, op('5'), deadline);
  x.plant_lock("d", "no number");
  x.upsert("d", "1", "one", far, op('d'), deadline);
  x.upsert_charon("d", "1", now);
  x.upsert_charon("e", "7", now);
  x.upsert_charon("e", "8", now);
  x.upsert_charon("e", "8", now);
  // PENDING, APPLIED, NOT_APPLIED, UNKNOWN.
  x.call("resolve", {"a", "6", op('6'), deadline});
  x.call("resolve", {"a", "6", op('6'), passed});
  x.call("resolve", {"a", "6", op('5'), passed});
  x.call("resolve", {"a", "1", op('1'), passed});
  x.call("resolve", {"d", "1", op('1'), passed});
  x.call("resolve", {"x", "1", op('1'), passed});
  // Deleting.
  x.call("delete", {"a"});
  x.call("delete", {"a"});
  x.upsert("a", "1", "back", far, op('1'), deadline);
  x.call("delete_named", {"b", "x", "e"});
  x.upsert("f", "1", "one", far, op('f'), deadline);
  x.upsert("g", "1", "one", far, op('0'), deadline);
  x.call("delete_others", {"f"});
  x.call("delete_all", {});
  x.call("delete_all", {});
  x.upsert_charon("h", "1", now);
  x.call("delete_charon", {"h"});
  x.upsert_charon("h", "1", now);
  x.call("delete_all_charon", {});
  // What fails inside.
  x.call("upsert", {"a"});
  x.upsert("z", "x", "one", far, op('f'), deadline);
  x.upsert("z", "1", "one", "x", op('f'), deadline);
  x.call("upsert_charon", {"z", "1", "one", "x", "x"});
  x.lines.push_back({"FLUSHALL"});
  x.lines.push_back({"SET", one_hash ? "p.u.t" : "p.l.u.t", "foreign"});
  x.upsert("a", "1", "one", far, op('1'), deadline);
  x.call("delete", {"a"});
  x.call("resolve", {"a", "1", op('1'), passed});
  x.lines.push_back(
    {"FUNCTION", "LIST", "LIBRARYNAME", library.name, "WITHCODE"});
  return x.lines;
}

} // namespace obol::test
