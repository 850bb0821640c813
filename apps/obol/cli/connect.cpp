#include "cli/connect.hpp"

#include "cli/exit_code.hpp"
#include "obol/error.hpp"

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace obol::cli {

namespace {

/// Writes each line once: while a command waits for a server, every attempt
/// to reach it ends in the same words.
class terse_log {
public:
  explicit terse_log(log_level level) : out_(make_stderr_log(level)) {
  }

  void write(log_level grade, std::string_view who, std::string_view what) {
    std::lock_guard guard{mutex_};
    if (written_.emplace(what).second)
      out_(grade, who, what);
  }

private:
  log_sink out_;
  std::mutex mutex_;
  std::set<std::string> written_;
};

log_sink make_log(log_level level) {
  auto log = std::make_shared<terse_log>(level);
  return [log](log_level grade, std::string_view who, std::string_view what) {
    log->write(grade, who, what);
  };
}

/// The server's address as a URL has it, without account and password.
std::string text_of(const endpoint& x) {
  if (x.kind == endpoint::kind::unix_socket)
    return "unix://" + printable(x.path);
  return (x.tls ? "rediss://" : "redis://") + printable(x.host) + ':'
         + std::to_string(x.port);
}

/// The same error, saying which server it is about.
caf::error about_server(const caf::error& reason, const std::string& server) {
  auto code = code_of(reason).value_or(ec::unavailable);
  return caf::make_error(code, reason_of(reason) + " (" + server
                                 + "; --redis or OBOL_REDIS name another "
                                   "server)");
}

} // namespace

caf::expected<loaded_options> settings_of(const arguments& args) {
  auto loaded = load_options({{}, process_environment(), args.options});
  if (!loaded)
    return loaded;
  if (!loaded->is_given("log_level"))
    loaded->options.log_level = log_level::warning;
  return loaded;
}

caf::error check_keys(const options& settings) {
  if (!settings.base_secret.empty() || !settings.signing_key.empty())
    return {};
  return usage_error("no key to sign and verify sessions with: set "
                     "--base-secret-file FILE or the variable "
                     "OBOL_BASE_SECRET (or --signing-key-file, "
                     "OBOL_SIGNING_KEY)");
}

caf::expected<facade> open_store(const arguments& args) {
  auto loaded = settings_of(args);
  if (!loaded)
    return std::move(loaded.error());
  if (auto error = check_keys(loaded->options))
    return error;
  if (!loaded->is_given("pool.size"))
    loaded->options.pool.size = 1;
  if (!loaded->is_given("pool.max_overflow"))
    loaded->options.pool.max_overflow = 0;
  return open_store(std::move(loaded->options));
}

caf::expected<facade> open_store(options settings) {
  auto server = text_of(settings.endpoint);
  auto log = make_log(settings.log_level);
  auto store = facade::open(std::move(settings), std::move(log));
  if (!store)
    return store;
  if (auto ready = store->wait_ready({}); !ready)
    return about_server(ready.error(), server);
  return store;
}

} // namespace obol::cli
