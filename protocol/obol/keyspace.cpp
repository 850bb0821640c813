#include "obol/keyspace.hpp"

#include <cassert>
#include <cstddef>
#include <span>

namespace obol {

namespace {

constexpr std::string_view hash_infix = ".";

/// Sessions, expiries, locks, the prune lock and write rings.
constexpr std::string_view three_set_infixes[]
  = {".se.", ".e.", ".l.", ".pl.", ".o."};

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
  put_key(out, layout_ == layout::three_set ? three_set_infixes[0] : hash_infix,
          user, type);
}

std::vector<std::string> keyspace::function_keys(const session_set& set) const {
  std::vector<std::string> result;
  put_function_keys(result, set.user_id, set.type);
  return result;
}

void keyspace::put_function_keys(std::vector<std::string>& out,
                                 const user_id& user,
                                 std::string_view type) const {
  auto infixes = layout_ == layout::hash_field_expiry
                   ? std::span{&hash_infix, 1}
                   : std::span{three_set_infixes};
  out.resize(infixes.size());
  for (std::size_t i = 0; i < infixes.size(); ++i) {
    out[i].clear();
    put_key(out[i], infixes[i], user, type);
  }
}

std::vector<std::string> keyspace::probe_keys(const std::string& random) const {
  return function_keys({"__probe." + random, "probe"});
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
