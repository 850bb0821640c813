#include "obol/keyspace.hpp"

#include <cassert>

namespace obol {

namespace {

constexpr const char* sessions_infix = ".se.";
constexpr const char* expiries_infix = ".e.";
constexpr const char* locks_infix = ".l.";
constexpr const char* rings_infix = ".o.";
constexpr const char* prune_lock_infix = ".pl.";

} // namespace

keyspace::keyspace(std::string prefix, obol::layout kind)
  : prefix_(std::move(prefix)), layout_(kind) {
  assert(kind != layout::automatic);
}

std::string keyspace::sessions(const session_set& set) const {
  return key(layout_ == layout::three_set ? sessions_infix : ".", set);
}

std::vector<std::string> keyspace::function_keys(const session_set& set) const {
  if (layout_ == layout::hash_field_expiry)
    return {sessions(set)};
  return {sessions(set), key(expiries_infix, set), key(locks_infix, set),
          key(prune_lock_infix, set), key(rings_infix, set)};
}

std::vector<std::string> keyspace::probe_keys(const std::string& random) const {
  return function_keys({"__probe." + random, "probe"});
}

std::string keyspace::key(const char* infix, const session_set& set) const {
  auto user = set.user_id.text();
  std::string result;
  result.reserve(prefix_.size() + user.size() + set.type.size() + 6);
  result += prefix_;
  result += infix;
  result += user;
  result += '.';
  result += set.type;
  return result;
}

bool is_lock_field(std::string_view field) noexcept {
  return field.substr(0, 2) == "l.";
}

} // namespace obol
