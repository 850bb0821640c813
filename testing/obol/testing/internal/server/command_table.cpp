#include "obol/testing/internal/server/command.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace obol::testing::internal {

namespace {

using namespace command_flag;

constexpr unsigned connecting = no_script | loading | allow_busy | no_auth;
constexpr unsigned client = no_script | loading | valkey_busy;
constexpr unsigned inserts = write | deny_oom;

// Sorted by name.
constexpr command_entry commands[] = {
  {"auth", -2, connecting, run_auth},
  {"client", -2, 0, nullptr},
  {"client|getname", 2, client, run_client_getname},
  {"client|id", 2, client, run_client_id},
  {"client|setname", 3, client, run_client_setname},
  {"command", -1, loading, nullptr},
  {"command|info", -2, loading, run_command_info},
  {"dbsize", 1, 0, run_dbsize},
  {"del", -2, write, run_del, 1, -1},
  {"echo", 2, loading, run_echo},
  {"exists", -2, 0, run_exists, 1, -1},
  {"expire", -3, write, run_expire, 1, 1},
  {"expireat", -3, write, run_expireat, 1, 1},
  {"expiretime", 2, 0, run_expiretime, 1, 1},
  {"fcall", -3, no_script | calls_function, run_fcall},
  {"fcall_ro", -3, no_script | calls_function, run_fcall_ro},
  {"flushall", -1, write, run_flushall},
  {"flushdb", -1, write, run_flushdb},
  {"function", -2, 0, nullptr},
  {"function|delete", 3, no_script | write, run_function_delete},
  {"function|flush", -2, no_script | write, run_function_flush},
  {"function|list", -2, no_script, run_function_list},
  {"function|load", -3, no_script | inserts, run_function_load},
  {"get", 2, 0, run_get, 1, 1},
  {"hdel", -3, write, run_hdel, 1, 1},
  {"hello", -1, connecting, run_hello},
  {"hexists", 3, 0, run_hexists, 1, 1},
  {"hexpiretime", -5, 0, run_hexpiretime, 1, 1, true},
  {"hget", 3, 0, run_hget, 1, 1},
  {"hgetall", 2, 0, run_hgetall, 1, 1},
  {"hkeys", 2, 0, run_hkeys, 1, 1},
  {"hlen", 2, 0, run_hlen, 1, 1},
  {"hmget", -3, 0, run_hmget, 1, 1},
  {"hpexpiretime", -5, 0, run_hpexpiretime, 1, 1, true},
  {"hpttl", -5, 0, run_hpttl, 1, 1, true},
  {"hset", -4, inserts, run_hset, 1, 1},
  {"hsetex", -6, inserts, run_hsetex, 1, 1, true},
  {"httl", -5, 0, run_httl, 1, 1, true},
  {"hvals", 2, 0, run_hvals, 1, 1},
  {"persist", 2, write, run_persist, 1, 1},
  {"pexpire", -3, write, run_pexpire, 1, 1},
  {"pexpireat", -3, write, run_pexpireat, 1, 1},
  {"pexpiretime", 2, 0, run_pexpiretime, 1, 1},
  {"ping", -1, needs_disk, run_ping},
  {"pttl", 2, 0, run_pttl, 1, 1},
  {"quit", -1, connecting, run_quit},
  {"role", 1, no_script | loading, run_role},
  {"select", 2, loading | valkey_busy, run_select},
  {"set", -3, inserts, run_set, 1, 1},
  {"time", 1, loading, run_time},
  {"ttl", 2, 0, run_ttl, 1, 1},
  {"type", 2, 0, run_type, 1, 1},
  {"unlink", -2, write, run_del, 1, -1},
  {"zadd", -4, inserts, run_zadd, 1, 1},
  {"zcard", 2, 0, run_zcard, 1, 1},
  {"zrange", -4, 0, run_zrange, 1, 1},
  {"zrem", -3, write, run_zrem, 1, 1},
  {"zscore", 3, 0, run_zscore, 1, 1},
};

static_assert(std::is_sorted(std::begin(commands), std::end(commands),
                             [](auto& a, auto& b) { return a.name < b.name; }));

constexpr std::size_t max_name_size = 16;

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The name of a command in lower case, put together without an allocation.
class lower_name {
public:
  bool append(std::string_view text) {
    if (size_ + text.size() > text_.size())
      return false;
    std::transform(text.begin(), text.end(), text_.data() + size_, lower);
    size_ += text.size();
    return true;
  }

  std::string_view view() const {
    return {text_.data(), size_};
  }

private:
  std::array<char, max_name_size> text_;
  std::size_t size_ = 0;
};

const command_entry* entry_named(server_kind kind, std::string_view name) {
  auto found = std::lower_bound(
    std::begin(commands), std::end(commands), name,
    [](const command_entry& x, std::string_view y) { return x.name < y; });
  if (found == std::end(commands) || found->name != name
      || (found->field_expiry && !has_hash_field_expiry(kind)))
    return nullptr;
  return found;
}

} // namespace

found_command find_command(server_kind kind, command_words words) {
  lower_name name;
  if (words[0].find('|') != std::string_view::npos || !name.append(words[0]))
    return {};
  auto* entry = entry_named(kind, name.view());
  if (!entry || entry->run || words.size() == 1)
    return {entry, entry};
  if (!name.append("|") || !name.append(words[1]))
    return {nullptr, entry};
  return {entry_named(kind, name.view()), entry};
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  auto same = [](char x, char y) { return lower(x) == lower(y); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

} // namespace obol::testing::internal
