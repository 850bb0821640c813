#include "obol/keyspace.hpp"

#include <cassert>

namespace obol {

namespace {

constexpr std::string_view sessions_infix = ".se.";
constexpr std::string_view expiries_infix = ".e.";
constexpr std::string_view locks_infix = ".l.";
constexpr std::string_view rings_infix = ".o.";
constexpr std::string_view prune_lock_infix = ".pl.";

} // namespace

keyspace::keyspace(std::string prefix, obol::layout kind)
  : prefix_(std::move(prefix)), layout_(kind) {
  assert(kind != layout::automatic);
}

std::string keyspace::sessions(const user_id& user,
                               std::string_view type) const {
  return key(layout_ == layout::three_set ? sessions_infix : ".", user, type);
}

std::vector<std::string> keyspace::function_keys(const session_set& set) const {
  if (layout_ == layout::hash_field_expiry)
    return {sessions(set)};
  auto& [user, type] = set;
  return {sessions(set), key(expiries_infix, user, type),
          key(locks_infix, user, type), key(prune_lock_infix, user, type),
          key(rings_infix, user, type)};
}

std::vector<std::string> keyspace::probe_keys(const std::string& random) const {
  return function_keys({"__probe." + random, "probe"});
}

std::string keyspace::key(std::string_view infix, const user_id& who,
                          std::string_view type) const {
  auto user = who.text();
  std::string result;
  result.reserve(prefix_.size() + user.size() + type.size() + 6);
  result += prefix_;
  result += infix;
  result += user;
  result += '.';
  result += type;
  return result;
}

bool is_lock_field(std::string_view field) noexcept {
  return field.substr(0, 2) == "l.";
}

} // namespace obol
