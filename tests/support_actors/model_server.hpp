#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support_actors/fake_redis.hpp"

namespace obol::test {

/// As much of a server as a store needs, by the rules at the head of the Lua
/// libraries: the handshake, function libraries, and sessions in the layout
/// `hash_field_expiry`. Nothing expires by itself.
class model_server {
public:
  using arguments = fake_redis::arguments;

  struct record {
    /// Empty where only a tombstone is left.
    std::string stored;
    std::int64_t lock = 0;
    /// Lock version and operation id of the last writes, newest first.
    std::vector<std::pair<std::int64_t, std::string>> ring;
  };

  /// `unix_ms` is the server's clock.
  explicit model_server(std::function<std::int64_t()> unix_ms);

  std::string answer(const arguments& request);

  // -- what it is -------------------------------------------------------------

  std::string name = "redis";
  std::string version = "8.0.2";
  std::string role = "master";

  /// Makes the reply instead, where it makes one.
  std::function<std::optional<std::string>(const arguments&)> instead;

  // -- what it holds ----------------------------------------------------------

  /// Name and code.
  std::map<std::string, std::string> libraries;

  /// By key and session id.
  std::map<std::string, std::map<std::string, record>> sets;

  // -- records ----------------------------------------------------------------

  /// Upserts that were applied.
  std::size_t writes = 0;

  /// Libraries that were loaded.
  std::size_t loads = 0;

private:
  std::string hello() const;
  std::string time() const;
  std::string list(const std::string& library) const;
  std::string load(const std::string& code);
  std::string get(const std::string& key, const std::string& id);
  std::string get_all(const std::string& key);
  std::string call(const arguments& request);
  std::string upsert(const std::string& key, const arguments& argv);
  std::string remove(const std::string& key, const std::string& id);
  std::string remove_all(const std::string& key);
  std::string resolve(const std::string& key, const arguments& argv);

  std::function<std::int64_t()> unix_ms_;
};

/// The function an FCALL names, without its library; empty for other commands.
std::string function_of(const fake_redis::arguments& request);

} // namespace obol::test
