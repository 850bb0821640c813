#include "obol/server_error.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace obol {

namespace {

using kind = server_error_kind;

constexpr auto npos = std::string_view::npos;

struct kind_entry {
  server_error_kind kind;
  std::string_view name;
  ec code;
  std::string_view description;
};

// In the order of the enumeration.
constexpr kind_entry kinds[] = {
  {kind::loading, "loading", ec::unavailable, "the server is loading its data"},
  {kind::busy, "busy", ec::unavailable, "the server is busy running a script"},
  {kind::masterdown, "masterdown", ec::unavailable,
   "the server is a replica that has lost its primary"},
  {kind::readonly, "readonly", ec::refused,
   "the server is a read-only replica"},
  {kind::cluster, "cluster", ec::unavailable,
   "the key is not served by this cluster node"},
  {kind::max_clients, "max_clients", ec::unavailable,
   "the server has no room for another client: raise its maxclients or "
   "lower pool.size and pool.max_overflow"},
  {kind::oom, "oom", ec::refused, "the server's memory is full"},
  {kind::misconf, "misconf", ec::refused,
   "the server cannot save to disk and refuses writes"},
  {kind::noreplicas, "noreplicas", ec::refused,
   "the server has too few replicas and refuses writes"},
  {kind::aborted, "aborted", ec::refused,
   "the server discarded the transaction"},
  {kind::function_missing, "function_missing", ec::unavailable,
   "the functions are not loaded in the server"},
  {kind::library_exists, "library_exists", ec::misconfigured,
   "a function library of that name is loaded already"},
  {kind::library_invalid, "library_invalid", ec::misconfigured,
   "the server does not accept the function library"},
  {kind::noauth, "noauth", ec::misconfigured,
   "the server asks for a password: set username and password"},
  {kind::wrongpass, "wrongpass", ec::misconfigured,
   "the server refuses the username or password, or the user is off"},
  {kind::noperm, "noperm", ec::misconfigured,
   "the account lacks a permission in the server"},
  {kind::unknown_command, "unknown_command", ec::misconfigured,
   "the server lacks a command: it is too old, or the command was disabled"},
  {kind::noproto, "noproto", ec::misconfigured,
   "the server does not speak the protocol version"},
  {kind::wrong_database, "wrong_database", ec::misconfigured,
   "the server has no database of that number"},
  {kind::wrong_type, "wrong_type", ec::misconfigured,
   "something else lies under a session key: check key_prefix"},
  {kind::crossslot, "crossslot", ec::misconfigured,
   "the keys of one call belong to different cluster nodes"},
  {kind::failed_inside, "failed_inside", ec::outcome_unknown,
   "a function failed while it ran in the server"},
  {kind::killed, "killed", ec::refused,
   "an operator stopped the function before it wrote"},
  {kind::protocol_error, "protocol_error", ec::outcome_unknown,
   "the server did not understand what was sent"},
  {kind::other, "other", ec::outcome_unknown,
   "the server answered with an error that is not known"},
};

constexpr bool kinds_are_in_order() {
  for (std::size_t i = 0; i < std::size(kinds); ++i)
    if (static_cast<std::size_t>(kinds[i].kind) != i)
      return false;
  return true;
}

static_assert(kinds_are_in_order());
static_assert(static_cast<std::size_t>(kind::other) + 1 == std::size(kinds));

const kind_entry& entry_of(server_error_kind x) {
  auto index = static_cast<std::size_t>(x);
  return kinds[std::min(index, std::size(kinds) - 1)];
}

struct rule {
  std::string_view text;
  server_error_kind kind;
};

// A text that is one of these words, or goes on after it with a space.
constexpr rule first_words[] = {
  {"NOAUTH", kind::noauth},
  {"WRONGPASS", kind::wrongpass},
  {"NOPERM", kind::noperm},
  {"NOPROTO", kind::noproto},
  {"READONLY", kind::readonly},
  {"MASTERDOWN", kind::masterdown},
  {"LOADING", kind::loading},
  {"BUSY", kind::busy},
  {"OOM", kind::oom},
  {"MISCONF", kind::misconf},
  {"NOREPLICAS", kind::noreplicas},
  {"CLUSTERDOWN", kind::cluster},
  {"MOVED", kind::cluster},
  {"ASK", kind::cluster},
  {"TRYAGAIN", kind::cluster},
  {"CROSSSLOT", kind::crossslot},
  {"WRONGTYPE", kind::wrong_type},
  {"EXECABORT", kind::aborted},
  {"UNKILLABLE", kind::other},
  {"NOTBUSY", kind::other},
  {"NOSCRIPT", kind::other},
  {"INPROG", kind::other},
  {"ERR", kind::other},
};

// How a text goes on after "ERR ", at the top level.
constexpr rule sentences[] = {
  {"Function not found", kind::function_missing},
  {"unknown command", kind::unknown_command},
  {"unknown subcommand", kind::unknown_command},
  {"Unknown subcommand", kind::unknown_command},
  {"max number of clients reached", kind::max_clients},
  {"Protocol error", kind::protocol_error},
  {"SELECT is not allowed in cluster mode", kind::wrong_database},
  {"DB index is out of range", kind::wrong_database},
  {"invalid DB index", kind::wrong_database},
  {"AUTH <password> called without any password", kind::wrongpass},
  {"Library names can only contain", kind::library_invalid},
  {"Missing library metadata", kind::library_invalid},
  {"No functions registered", kind::library_invalid},
};

// Why a server refuses the code of a library. They quote the compiler, which
// speaks of `@user_function:` too, so they are looked for first; no function
// can fail with them, since functions cannot load functions.
constexpr rule registration_sentences[] = {
  {"Error compiling function", kind::library_invalid},
  {"Error registering functions", kind::library_invalid},
};

// What a text contains when it comes from inside a function.
constexpr std::string_view inside_marks[] = {
  "@user_function:",
  "@user_script:",
  "user_function:",
  "user_script:",
};

// Why a function failed; part of a text from inside.
constexpr rule inside_causes[] = {
  {"Script killed by user", kind::killed},
  {"can't run this command or subcommand", kind::noperm},
  {"ACL failure in script", kind::noperm},
  {"can't access at least one of the keys", kind::noperm},
  {"NOPERM", kind::noperm},
  {"WRONGTYPE", kind::wrong_type},
  {"called from script", kind::unknown_command},
  {"non local key in a cluster node", kind::crossslot},
  {"do not hash to the same slot", kind::crossslot},
  {"OOM ", kind::oom},
  {"READONLY ", kind::readonly},
};

// Every command this library or its functions use, as errors name them.
constexpr std::string_view known_commands[] = {
  "auth",
  "client|setname",
  "command|info",
  "del",
  "evalsha",
  "exec",
  "exists",
  "expire",
  "expireat",
  "expiretime",
  "fcall",
  "fcall_ro",
  "function",
  "function|delete",
  "function|list",
  "function|load",
  "function|stats",
  "hdel",
  "hello",
  "hexists",
  "hget",
  "hgetall",
  "hkeys",
  "hlen",
  "hmget",
  "hset",
  "hsetex",
  "hvals",
  "info",
  "multi",
  "persist",
  "pexpireat",
  "ping",
  "role",
  "scan",
  "select",
  "set",
  "time",
  "ttl",
  "type",
  "unlink",
  "zadd",
  "zcard",
  "zrange",
  "zrangebyscore",
  "zrem",
  "zremrangebyscore",
  "zscore",
};

std::string_view first_word_of(std::string_view text) {
  return text.substr(0, text.find(' '));
}

/// The command between quotes after "run the '", if it is a known one. The
/// name before it belongs to a user, who may have chosen it to look like one.
std::string denied_command_of(std::string_view text) {
  constexpr std::string_view before = "run the '";
  constexpr std::string_view after = "' command";
  auto begin = text.rfind(before);
  if (begin == npos)
    return {};
  text.remove_prefix(begin + before.size());
  auto name = text.substr(0, text.find(after));
  auto found
    = std::find(std::begin(known_commands), std::end(known_commands), name);
  return found == std::end(known_commands) ? std::string{}
                                           : std::string{*found};
}

template <std::size_t N>
const rule* find_prefix(const rule (&rules)[N], std::string_view text) {
  auto found
    = std::find_if(std::begin(rules), std::end(rules),
                   [text](const rule& x) { return text.starts_with(x.text); });
  return found == std::end(rules) ? nullptr : found;
}

bool is_from_inside(std::string_view text) {
  return std::any_of(
           std::begin(inside_marks), std::end(inside_marks),
           [text](std::string_view mark) { return text.find(mark) != npos; })
         // Redis 7 names no place when a function touches a foreign key.
         || text.starts_with("ERR Script attempted to access")
         || text.starts_with("ERR Attempted to access")
         || text.starts_with("ERR Script killed by user");
}

kind inside_cause_of(std::string_view text) {
  for (const auto& x : inside_causes)
    if (text.find(x.text) != npos)
      return x.kind;
  return kind::other;
}

/// "Library 'x' already exists", "Function x already exists".
bool says_exists(std::string_view sentence) {
  return (sentence.starts_with("Library ") || sentence.starts_with("Function "))
         && sentence.ends_with(" already exists");
}

kind kind_of_sentence(std::string_view sentence) {
  if (auto found = find_prefix(sentences, sentence))
    return found->kind;
  if (says_exists(sentence))
    return kind::library_exists;
  if (sentence.starts_with("Engine '") && sentence.ends_with("' not found"))
    return kind::library_invalid;
  return kind::other;
}

bool may_have_written(kind x) {
  return x == kind::failed_inside || x == kind::protocol_error
         || x == kind::other;
}

} // namespace

server_error classify(std::string_view raw) {
  server_error result;
  auto word = first_word_of(raw);
  auto known = std::find_if(std::begin(first_words), std::end(first_words),
                            [word](const rule& x) { return x.text == word; });
  if (known != std::end(first_words))
    result.first_word = std::string{known->text};
  auto sentence = result.first_word == "ERR" && raw.size() > word.size()
                    ? raw.substr(word.size() + 1)
                    : std::string_view{};

  if (auto found = find_prefix(registration_sentences, sentence)) {
    result.kind = found->kind;
  } else if (is_from_inside(raw)) {
    auto cause = inside_cause_of(raw);
    if (cause == kind::killed) {
      result.kind = kind::killed;
    } else {
      result.kind = kind::failed_inside;
      result.cause = cause;
    }
  } else if (known != std::end(first_words)) {
    result.kind = sentence.empty() ? known->kind : kind_of_sentence(sentence);
  }

  if (result.kind == kind::noperm || result.cause == kind::noperm)
    result.denied_command = denied_command_of(raw);
  result.maybe_applied = may_have_written(result.kind);
  return result;
}

std::string to_string(server_error_kind x) {
  return std::string{entry_of(x).name};
}

std::string_view describe(server_error_kind x) {
  return entry_of(x).description;
}

std::string describe(const server_error& error) {
  std::string result{describe(error.kind)};
  if (error.kind == kind::failed_inside && error.cause != kind::other) {
    result += ": ";
    result += describe(error.cause);
  }
  if (!error.denied_command.empty())
    result += " (to run '" + error.denied_command + "')";
  if (error.kind == kind::other && !error.first_word.empty())
    result += " (" + error.first_word + ")";
  return result;
}

ec code_for(const server_error& error) {
  return entry_of(error.kind).code;
}

caf::error to_error(const server_error& error) {
  return caf::make_error(code_for(error), describe(error));
}

} // namespace obol
