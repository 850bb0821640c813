// What a store does in process beside what hiredis does with the same bytes on
// the same server, in one run. Usage: store_bench URL [SECONDS]

#include "workload.hpp"
#include "yardstick.hpp"

#include "obol/error.hpp"
#include "obol/facade.hpp"
#include "obol/function_library.hpp"
#include "obol/session_commands.hpp"
#include "obol/stored_session.hpp"
#include "obol/url.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace obol;
using namespace obol::bench;

constexpr std::size_t session_count = 1000;
constexpr std::size_t client_counts[] = {1, 10, 50, 200};

std::string base_secret() {
  return "a base secret for benchmarks only";
}

void print(const char* what, const result& x) {
  std::printf("%-34s %10.0f ops/s   p50 %8.1f us   p99 %8.1f us   p99.9 %8.1f us",
              what, x.operations_per_second, x.p50_us, x.p99_us, x.p999_us);
  if (x.failures > 0)
    std::printf("   %zu FAILED", x.failures);
  std::printf("\n");
  std::fflush(stdout);
}

/// The same bytes as the store sends.
struct raw_commands {
  session_commands commands;
  std::string stored;

  command get(const session& x) const {
    return commands.get(x.key());
  }

  command upsert(const session& x, std::int64_t version) const {
    return commands.upsert({x.key(), version, stored, x.refresh_expires_at,
                            "0123456789abcdef", max_unix_seconds_ms},
                           x.created_at);
  }

  static constexpr std::int64_t max_unix_seconds_ms = 70'000'000'000'000;
};

raw_commands make_raw_commands(layout kind) {
  auto& library = kind == layout::three_set ? library_for_three_set()
                                            : library_for_hash_field_expiry();
  sealing_options sealing;
  sealing.keys = key_ring::of(std::move(*derive_signing_key(base_secret())));
  sealing.layout = kind;
  auto sealer = session_sealer::make(std::move(sealing));
  return {session_commands{keyspace{"charon_", kind}, library.name,
                           write_guard::exactly_once},
          std::move(*sealer->seal(make_session(0)))};
}

void run_yardsticks(const endpoint& where, const raw_commands& raw,
                    const std::vector<session>& sessions,
                    std::chrono::milliseconds duration) {
  std::size_t next = 0;
  auto get = [&] { return raw.get(sessions[next++ % sessions.size()]); };
  print("hiredis get, one at a time", run_yardstick(where, 1, get, duration));
  print("hiredis get, 64 at a time", run_yardstick(where, 64, get, duration));
  auto fresh = make_session(session_count);
  std::int64_t version = 0;
  auto upsert = [&] { return raw.upsert(fresh, ++version); };
  print("hiredis upsert, one at a time", run_yardstick(where, 1, upsert, duration));
  print("hiredis upsert, 64 at a time", run_yardstick(where, 64, upsert, duration));
}

int run(const char* url, std::chrono::milliseconds duration) {
  options settings;
  settings.base_secret = secret{base_secret()};
  if (auto error = apply_url(settings, url)) {
    std::fprintf(stderr, "%s\n", describe(error).c_str());
    return 2;
  }
  auto where = settings.endpoint;
  auto store = facade::open(std::move(settings), make_stderr_log(log_level::warning));
  if (!store) {
    std::fprintf(stderr, "%s\n", describe(store.error()).c_str());
    return 2;
  }
  auto status = store->wait_ready(std::chrono::seconds{5});
  if (!status) {
    std::fprintf(stderr, "%s\n", describe(status.error()).c_str());
    return 3;
  }
  std::vector<session> sessions;
  for (std::size_t i = 0; i < session_count; ++i) {
    sessions.push_back(make_session(i));
    // Stored by an earlier run is as good.
    static_cast<void>(store->upsert(sessions.back()));
  }
  auto raw = make_raw_commands(status->layout == "three_set"
                                 ? layout::three_set
                                 : layout::hash_field_expiry);
  std::printf("server %s, layout %s, stored session %zu bytes\n",
              status->server.c_str(), status->layout.c_str(), raw.stored.size());
  run_yardsticks(where, raw, sessions, duration);
  for (auto what : {workload::get, workload::upsert}) {
    for (auto clients : client_counts) {
      auto name = std::string{what == workload::get ? "obol get, " : "obol upsert, "}
                  + std::to_string(clients) + " clients";
      print(name.c_str(), run_closed_loop(store->system(), store->actor(), what,
                                          clients, sessions, duration));
    }
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2 || std::string{argv[1]} == "--help") {
    std::printf("usage: store_bench URL [SECONDS]\n"
                "  URL      for example unix:///run/redis.sock\n"
                "  SECONDS  for each line of output (2)\n");
    return argc < 2 ? 2 : 0;
  }
  auto seconds = argc > 2 ? std::atof(argv[2]) : 2.0;
  return run(argv[1], std::chrono::milliseconds{static_cast<int>(seconds * 1000)});
}
