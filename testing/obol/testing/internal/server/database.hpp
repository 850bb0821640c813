#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace obol::testing::internal {

/// When something expires, in Unix milliseconds.
using expiry_ms = std::int64_t;

/// It does not expire.
inline constexpr expiry_ms no_expiry = std::numeric_limits<expiry_ms>::max();

/// When something that should expire at `when` has done so.
constexpr bool has_expired(expiry_ms when, expiry_ms now) {
  return now > when;
}

struct hash_field {
  std::string value;
  expiry_ms expires_at = no_expiry;

  friend bool operator==(const hash_field&, const hash_field&) = default;
};

/// Fields with values, each with an expiry of its own.
class hash {
public:
  using field_map = std::map<std::string, hash_field, std::less<>>;

  /// Sets a field; answers whether it is new.
  bool set(std::string_view field, std::string_view value,
           expiry_ms expires_at = no_expiry);

  /// Removes a field; answers whether it was there.
  bool erase(std::string_view field);

  /// A field, or null.
  const hash_field* find(std::string_view field) const;

  /// Removes the fields that have expired.
  void purge(expiry_ms now);

  const field_map& fields() const {
    return fields_;
  }

  friend bool operator==(const hash& a, const hash& b) {
    return a.fields_ == b.fields_;
  }

private:
  field_map fields_;
  /// No field expires before this.
  expiry_ms next_expiry_ = no_expiry;
};

/// Members with scores, in both orders a server keeps.
class sorted_set {
public:
  using ranked = std::pair<double, std::string>;

  /// Sets the score of a member; answers whether the member is new.
  bool insert(std::string_view member, double score);

  /// Removes a member; answers whether it was there.
  bool erase(std::string_view member);

  /// Its score, or null.
  const double* score(std::string_view member) const;

  /// By score, then by member.
  const std::set<ranked>& ranking() const {
    return ranking_;
  }

  std::size_t size() const {
    return scores_.size();
  }

  friend bool operator==(const sorted_set&, const sorted_set&) = default;

private:
  std::map<std::string, double, std::less<>> scores_;
  std::set<ranked> ranking_;
};

/// What lies under a key.
struct stored_value {
  std::variant<std::string, hash, sorted_set> content;
  expiry_ms expires_at = no_expiry;

  friend bool operator==(const stored_value&, const stored_value&) = default;
};

/// Keys and what lies under them. What has expired is absent, and is removed
/// when somebody comes across it. A value: a copy is what a replica or a disk
/// has.
class database {
public:
  /// What lies under a key, or null. Removes what has expired of it, the whole
  /// key when nothing is left.
  stored_value* find(std::string_view key, expiry_ms now);

  /// The same for those who only look. A hash may still hold fields that have
  /// expired, but not only such.
  const stored_value* peek(std::string_view key, expiry_ms now) const;

  /// Puts a value under a key, in place of what was there.
  stored_value& put(std::string_view key, stored_value value);

  /// Removes a key; answers whether it was there.
  bool erase(std::string_view key, expiry_ms now);

  /// Removes every key that has expired, then tells how many there are.
  std::size_t size(expiry_ms now);

  void clear() {
    keys_.clear();
  }

  bool empty() const {
    return keys_.empty();
  }

  /// Every key, also those that have expired and were not touched since.
  const std::map<std::string, stored_value, std::less<>>& keys() const {
    return keys_;
  }

  friend bool operator==(const database&, const database&) = default;

private:
  std::map<std::string, stored_value, std::less<>> keys_;
};

/// All databases of a server, of which SELECT chooses one.
class dataset {
public:
  static constexpr std::size_t size = 16;

  database& operator[](std::size_t number) {
    return databases_[number];
  }

  const database& operator[](std::size_t number) const {
    return databases_[number];
  }

  void clear();

  friend bool operator==(const dataset&, const dataset&) = default;

private:
  std::array<database, size> databases_;
};

} // namespace obol::testing::internal
