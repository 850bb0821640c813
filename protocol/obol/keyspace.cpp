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
  std::string result;
  put_sessions(result, user, type);
  return result;
}

void keyspace::put_sessions(std::string& out, const user_id& user,
                            std::string_view type) const {
  put_key(out, layout_ == layout::three_set ? sessions_infix : ".", user, type);
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
  std::string result;
  put_key(result, infix, who, type);
  return result;
}

void keyspace::put_key(std::string& out, std::string_view infix,
                       const user_id& who, std::string_view type) const {
  auto* bytes = who.string();
  std::string number;
  if (!bytes)
    number = who.text();
  std::string_view user = bytes ? *bytes : number;
  out.reserve(out.size() + prefix_.size() + infix.size() + user.size() + 1
              + type.size());
  out += prefix_;
  out += infix;
  out += user;
  out += '.';
  out += type;
}

bool is_lock_field(std::string_view field) noexcept {
  return field.substr(0, 2) == "l.";
}

} // namespace obol
