#include "obol/testing/internal/server/simulated_server.hpp"

#include "obol/testing/internal/server/command.hpp"
#include "obol/testing/internal/server/compiled_library.hpp"

#include <algorithm>
#include <utility>

namespace obol::testing::internal {

namespace {

/// How much of a request the answer to an unknown command repeats.
constexpr std::size_t max_echo = 128;

std::string unknown_command_text(command_words words) {
  std::string arguments;
  for (auto word : words.subspan(1)) {
    if (arguments.size() >= max_echo)
      break;
    auto room = max_echo - arguments.size();
    arguments.append("'").append(word.substr(0, room)).append("' ");
  }
  std::string result{"ERR unknown command '"};
  result.append(words[0].substr(0, max_echo));
  return result.append("', with args beginning with: ").append(arguments);
}

std::string unknown_part_text(const command_entry& container,
                              std::string_view part) {
  std::string name{container.name};
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  });
  std::string result{"ERR unknown subcommand '"};
  result.append(part.substr(0, max_echo)).append("'. Try ").append(name);
  return result.append(" HELP.");
}

std::string wrong_number_text(const command_entry& entry) {
  std::string result{"ERR wrong number of arguments for '"};
  return result.append(entry.name).append("' command");
}

/// The flags of a command; of a call, those the called function has instead.
unsigned flags_of(const simulated_server& server, const command_entry& entry,
                  command_words words) {
  using namespace command_flag;
  if ((entry.flags & calls_function) == 0)
    return entry.flags;
  auto* function = server.functions.find(words[1]).function;
  if (!function)
    return entry.flags;
  auto result = entry.flags;
  auto reads_only = (function->flags & function_flag::no_writes) != 0;
  if (!reads_only)
    result |= write;
  if (!reads_only && (function->flags & function_flag::allow_oom) == 0)
    result |= deny_oom;
  return result;
}

constexpr std::string_view noauth_text = "NOAUTH Authentication required.";

struct refusal {
  std::string_view redis;
  std::string_view valkey;
};

constexpr refusal oom_text{
  "OOM command not allowed when used memory > 'maxmemory'.",
  "OOM command not allowed when used memory > 'maxmemory'."};

constexpr refusal misconf_text{
  "MISCONF Redis is configured to save RDB snapshots, but it's currently "
  "unable to persist to disk. Commands that may modify the data set are "
  "disabled, because this instance is configured to report errors during "
  "writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). "
  "Please check the Redis logs for details about the RDB error.",
  "MISCONF Valkey is configured to save RDB snapshots, but it's currently "
  "unable to persist to disk. Commands that may modify the data set are "
  "disabled, because this instance is configured to report errors during "
  "writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). "
  "Please check the Valkey logs for details about the RDB error."};

constexpr refusal readonly_text{
  "READONLY You can't write against a read only replica.",
  "READONLY You can't write against a read only replica."};

constexpr refusal loading_text{
  "LOADING Redis is loading the dataset in memory",
  "LOADING Valkey is loading the dataset in memory"};

constexpr refusal busy_text{
  "BUSY Redis is busy running a script. You can only call FUNCTION KILL or "
  "SHUTDOWN NOSAVE.",
  "BUSY Valkey is busy running a script. You can only call FUNCTION KILL or "
  "SHUTDOWN NOSAVE."};

/// Why the server's condition does not permit a command, or null. The order is
/// that of the servers.
const refusal* refusal_by(const server_conditions& now, server_kind kind,
                          unsigned flags) {
  using namespace command_flag;
  if (now.out_of_memory && !now.busy && (flags & deny_oom) != 0)
    return &oom_text;
  if (now.cannot_persist && (flags & (write | needs_disk)) != 0)
    return &misconf_text;
  if (now.read_only && (flags & write) != 0)
    return &readonly_text;
  if (now.loading && (flags & loading) == 0)
    return &loading_text;
  auto passes_busy
    = (flags & allow_busy) != 0
      || ((flags & valkey_busy) != 0 && kind == server_kind::valkey_9);
  return now.busy && !passes_busy ? &busy_text : nullptr;
}

void dispatch(execution& run, command_words words, reply_writer& reply) {
  auto& server = run.server;
  auto [entry, container] = find_command(server.kind(), words);
  auto locked_out = !run.who.authenticated
                    && (!entry || (entry->flags & command_flag::no_auth) == 0);
  // Valkey tells a stranger nothing else, Redis first what is wrong with the
  // command.
  if (locked_out && server.kind() == server_kind::valkey_9)
    return reply.error(noauth_text);
  if (!entry)
    return reply.error(container ? unknown_part_text(*container, words[1])
                                 : unknown_command_text(words));
  if (!entry->run || !entry->accepts(words.size()))
    return reply.error(wrong_number_text(*entry));
  if (locked_out)
    return reply.error(noauth_text);
  auto flags = flags_of(server, *entry, words);
  if (auto* text = refusal_by(server.conditions, server.kind(), flags))
    return reply.error(server.kind() == server_kind::valkey_9 ? text->valkey
                                                              : text->redis);
  command_call call{run, words, reply, run.who.database};
  entry->run(call);
}

} // namespace

simulated_server::simulated_server(server_kind kind,
                                   std::function<std::int64_t()> unix_us)
  : kind_(kind), unix_us_(std::move(unix_us)) {
}

server_session simulated_server::open_session() {
  server_session result;
  result.id = ++last_session_id_;
  result.authenticated = password.empty();
  return result;
}

std::string simulated_server::execute(server_session& who,
                                      const std::vector<std::string>& request) {
  std::vector<std::string_view> words{request.begin(), request.end()};
  std::string result;
  execute(who, words, result);
  return result;
}

void simulated_server::execute(server_session& who,
                               std::span<const std::string_view> request,
                               std::string& reply) {
  ++counters.commands;
  execution run{*this, who, unix_us_()};
  reply_writer writer{reply};
  dispatch(run, request, writer);
  counters.writes += run.changed;
}

void call_from_function(execution& run, function_state& state,
                        command_words words, std::string& reply) {
  using namespace command_flag;
  auto& server = run.server;
  auto valkey = server.kind() == server_kind::valkey_9;
  reply_writer writer{reply};
  auto [entry, container] = find_command(server.kind(), words);
  if (!entry && container && valkey)
    return writer.error(unknown_part_text(*container, words[1]));
  if (!entry)
    return writer.error(valkey
                          ? "ERR Unknown command called from script"
                          : "ERR Unknown Redis command called from script");
  if (!entry->run || !entry->accepts(words.size()))
    return writer.error(
      valkey ? "ERR Wrong number of args calling command from script"
             : "ERR Wrong number of args calling Redis command from script");
  if ((entry->flags & no_script) != 0)
    return writer.error(
      valkey ? "ERR This Valkey command is not allowed from script"
             : "ERR This Redis command is not allowed from script");
  // A function that needs memory and may not have it has not come so far; one
  // that only reads has.
  if (valkey && server.conditions.out_of_memory && !state.allow_oom
      && (entry->flags & deny_oom) != 0)
    return writer.error(oom_text.valkey);
  if (state.read_only && (entry->flags & write) != 0)
    return writer.error(
      "ERR Write commands are not allowed from read-only scripts.");
  command_call call{run, words, writer, state.database_number};
  entry->run(call);
}

// -- command_call -------------------------------------------------------------

bool command_call::read(std::string_view word, std::int64_t& out) const {
  if (parse_integer(word, out))
    return true;
  reply.error("ERR value is not an integer or out of range");
  return false;
}

void command_call::reply_wrong_type() const {
  reply.error(
    "WRONGTYPE Operation against a key holding the wrong kind of value");
}

void command_call::reply_syntax_error() const {
  reply.error("ERR syntax error");
}

void command_call::reply_invalid_expiry() const {
  std::string text{"ERR invalid expire time in '"};
  auto* entry = find_command(kind(), words).entry;
  reply.error(text.append(entry->name).append("' command"));
}

} // namespace obol::testing::internal
