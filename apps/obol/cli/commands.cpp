#include "cli/commands.hpp"

#include "bench/bench.hpp"
#include "cli/reading.hpp"
#include "cli/writing.hpp"
#include "demo/demo.hpp"
#include "serve/serve.hpp"

#include <algorithm>
#include <string>

namespace obol::cli {

namespace {

constexpr std::string_view read_flags[]
  = {"type", "user-kind", "json", "quiet", "decode"};

constexpr std::string_view put_flags[] = {"json", "quiet", "decode"};

constexpr std::string_view revoke_flags[]
  = {"type", "user-kind", "json", "quiet", "all", "others", "before"};

constexpr std::string_view bench_flags[]
  = {"all",      "by",          "clients",    "growth",
     "idle",     "json",        "open",       "payload",
     "per-user", "plot",        "processors", "redis-benchmark",
     "remote",   "rounds",      "scheduler",  "seconds",
     "server",   "server-time", "sessions",   "stored",
     "verify",   "workloads",   "yardsticks"};

constexpr command table[] = {
  {"get", "USER ID", "show one session",
   "Shows the session ID of the user. What the application keeps with it is\n"
   "shown with --decode only. A session that does not exist, has expired or\n"
   "was signed with another key is not found: exit code 1, with --json null.",
   2, 2, read_flags, get},
  {"list", "USER", "show all sessions of a user",
   "Shows the user's live sessions of one type, oldest first. None: exit\n"
   "code 1, with --json an empty array.",
   1, 1, read_flags, list},
  {"put", "< session.json", "store a session",
   "Stores the session that stands on standard input as JSON, with the field\n"
   "names that `obol get --json --decode` prints. id, user_id and\n"
   "refresh_expires_at must be there; type is full unless it says otherwise.\n"
   "\n"
   "lock_version 0, the default, means a new session. To change a stored one,\n"
   "read it with `obol get USER ID --json --decode`, edit it, and put it back\n"
   "with its lock_version. If somebody stored it in between that is a\n"
   "conflict, and if it was deleted it is gone: exit code 4. With --json the\n"
   "session is printed as it was stored.",
   0, 0, put_flags, put},
  {"revoke", "USER (ID | --all | --others ID | --before TIME)",
   "delete sessions for good",
   "Deletes sessions of one user and type for good: no refresh under way\n"
   "brings them back.\n"
   "\n"
   "  ID             this one\n"
   "  --all          all of them\n"
   "  --others ID    all but this one\n"
   "  --before TIME  those created before a time: Unix seconds, or UTC as in\n"
   "                 2026-11-21T10:00:00Z\n"
   "\n"
   "Nothing to delete: exit code 1. With --json the answer is\n"
   "{\"removed\":N}.",
   1, 2, revoke_flags, revoke},
  {"serve",
   "",
   "publish a store for other processes, until it is stopped",
   "Serves a store to other processes and machines. Without --redis it starts "
   "a\n"
   "redis-server of its own, for this process only, whose sessions survive a\n"
   "restart: see --state-dir. SIGTERM and SIGINT stop it: calls under way are\n"
   "finished; a second one ends it at once. Every option can stand in the "
   "file\n"
   "of --config too, nested at the dots, or be a variable.",
   0,
   0,
   {},
   serve::run},
  {"demo",
   "",
   "show the life of a login, step by step, on a real server",
   "Starts a redis-server as `obol serve` does, in a directory of its own "
   "that\n"
   "it removes, and shows what a store does and how fast. With --redis URL it "
   "uses that server instead,\n"
   "under a key prefix of its own that it empties afterwards; it then makes\n"
   "some seconds of full load there. A step that does not end as it should is\n"
   "marked, and the exit code is 1.",
   0,
   0,
   {},
   demo::run},
  {"bench", "", "measure a store beside what the server can do",
   "Starts a private server, or uses the one of --redis URL under a key "
   "prefix\n"
   "of its own that it empties afterwards, and measures. Every part that is\n"
   "named is measured; without one, the closed loops.\n"
   "\n"
   "Parts:\n"
   "  (closed loops)        each client waits for its answer before it asks\n"
   "                        again, beside yardsticks on the same server\n"
   "  --open LIST           a fixed rate, in percent of the measured maximum:\n"
   "                        --open 30,50,70; latency counts from when a "
   "request\n"
   "                        was due\n"
   "  --server-time         the server's own time of an upsert, both guards\n"
   "  --growth              cost over stored sessions and sessions of a user\n"
   "  --remote LIST         gets by a node in another process, with so many\n"
   "                        outstanding, plain and with TLS, beside a mere "
   "echo\n"
   "                        of the same messages: --remote 1,50,500\n"
   "  --idle SECONDS        processor time of a store without work\n"
   "  --all                 all of these\n"
   "  --verify              closed loops whose histories are checked: exit "
   "code\n"
   "                        1 if a rule is broken\n"
   "\n"
   "How:\n"
   "  --workloads LIST      of get, miss, login, refresh, upsert, list and\n"
   "                        mixed; default get,upsert\n"
   "  --clients LIST        default 1,10,12,50,200,1000\n"
   "  --by LIST             of actors, callbacks, facade (threads: max. 64)\n"
   "  --seconds S           for each cell; default 1\n"
   "  --rounds N            each cell is measured once a round; default 5\n"
   "  --payload BYTES       of extra_payload; default 300\n"
   "  --sessions N          stored before; default 1000\n"
   "  --yardsticks on|off   plain hiredis and redis-benchmark; default on\n"
   "  --stored LIST         for --growth; default 1000,1000000\n"
   "  --per-user LIST       for --growth; default 1,10,100,1000\n"
   "  --scheduler S         obol, as the facade has it, or CAF's own sharing\n"
   "                        or stealing\n"
   "  --processors P        shared, as the kernel pleases (default), or "
   "apart:\n"
   "                        the first is the server's, the others are the\n"
   "                        store's; not for a server named by --redis\n"
   "  --server PROGRAM      what is started; default redis-server\n"
   "  --redis-benchmark P   default: beside the server, else in PATH\n"
   "  --plot FILE.svg       draws latency over load",
   0, 0, bench_flags, bench::run},
};

bool is_meaningful(const command& what, std::string_view flag) {
  return std::find(what.flags.begin(), what.flags.end(), flag)
         != what.flags.end();
}

std::string name_of(const command& what) {
  return "obol " + std::string{what.name};
}

} // namespace

std::span<const command> all_commands() {
  return table;
}

const command* find_command(std::string_view name) {
  for (const auto& x : table)
    if (x.name == name)
      return &x;
  return nullptr;
}

caf::error check(const arguments& args, const command& what) {
  for (const auto& flag : args.flags)
    if (!is_meaningful(what, flag.first))
      return usage_error("--" + flag.first + " means nothing to `"
                         + name_of(what) + "`; see `" + name_of(what)
                         + " --help`");
  if (args.has("json") && args.has("quiet"))
    return usage_error("--json and --quiet exclude each other");
  auto count = args.words.size();
  if (count >= what.min_words && count <= what.max_words)
    return {};
  return usage_error(
    std::string{count < what.min_words ? "too few" : "too many"}
    + " words; use: " + name_of(what) + (what.synopsis.empty() ? "" : " ")
    + std::string{what.synopsis});
}

} // namespace obol::cli
