#include "serve/serve.hpp"

#include "cli/connect.hpp"
#include "obol/error.hpp"
#include "obol/sources.hpp"
#include "serve/drain.hpp"
#include "serve/node.hpp"
#include "serve/stop_signals.hpp"

#include <cstdlib>
#include <utility>

namespace obol::serve {

namespace {

constexpr const char* who = "obol.serve";

/// What says something about a server, but not which.
constexpr std::string_view of_a_server[]
  = {"username", "password", "registrar_username", "registrar_password",
     "database"};

/// An account without a server is a mistake that an embedded server would hide.
caf::error check_server_is_named(const loaded_options& loaded) {
  for (auto name : of_a_server)
    if (loaded.is_given(name))
      return cli::usage_error(std::string{name}
                              + " is set, but no redis URL says for which "
                                "server; an embedded one has no accounts");
  return {};
}

/// Everything that can be wrong before something is started.
caf::error prepare(loaded_options& loaded, node_plan& plan) {
  auto& settings = loaded.options;
  if (auto error = validate(settings.serve))
    return error;
  if (!loaded.is_given("redis")) {
    if (auto error = check_server_is_named(loaded))
      return error;
    auto own = own_server::prepare(settings.serve);
    if (!own)
      return std::move(own.error());
    plan.server = std::move(*own);
    if (auto error = plan.server->use_in(settings))
      return error;
  }
  if (auto error = cli::check_keys(settings))
    return error;
  return validate(settings);
}

/// Without waiting for anything: what is under way has had its time. The kernel
/// ends an embedded server, which has written down all that it confirmed.
[[noreturn]] void end_at_once(const log_sink& log, const char* why) {
  log(log_level::error, who, why);
  std::_Exit(static_cast<int>(cli::exit_code::unavailable));
}

void stop(node& running, const log_sink& log, const stop_signals& signals,
          std::chrono::milliseconds limit) {
  log(log_level::info, who, "stopping; calls under way are finished");
  switch (drain([&running] { running.drain(); }, signals, limit)) {
    case drain_outcome::finished:
      log(log_level::info, who, "stopped");
      break;
    case drain_outcome::too_late:
      end_at_once(log, "stopping took longer than drain_timeout; calls under "
                       "way are lost");
    case drain_outcome::cut_short:
      end_at_once(log, "stopped at once, since it was asked for twice; calls "
                       "under way are lost");
  }
}

} // namespace

cli::exit_code run(const cli::arguments& args) {
  stop_signals signals;
  auto loaded = load_options({{}, process_environment(), args.options});
  if (!loaded)
    return cli::report(loaded.error());
  node_plan plan;
  if (auto error = prepare(*loaded, plan))
    return cli::report(error);
  plan.settings = std::move(loaded->options);
  plan.notify = notify_socket::from_environment();
  plan.log = make_stderr_log(plan.settings.log_level, plan.settings.log_format);
  auto log = plan.log;
  auto notify = plan.notify;
  auto limit = plan.settings.serve.drain_timeout;
  log(log_level::info, who, "obol " OBOL_VERSION " starts");
  auto running = node::open(std::move(plan));
  if (!running)
    return cli::report(running.error());
  signals.wait();
  notify.send("STOPPING=1\n");
  stop(**running, log, signals, limit);
  return cli::exit_code::done;
}

} // namespace obol::serve
