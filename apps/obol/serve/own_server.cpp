#include "serve/own_server.hpp"

#include "cli/exit_code.hpp"
#include "obol/error.hpp"
#include "serve/own_secret.hpp"
#include "servers/disk_sync.hpp"
#include "servers/find_program.hpp"
#include "servers/unix_socket.hpp"

#include <utility>

namespace obol::serve {

namespace {

constexpr const char* socket_name = "socket";

/// Where the server keeps what it appends, its own default.
constexpr const char* append_folder = "appendonlydir";

/// A server whose files are flushed from outside.
class flushed_server final : public servers::server_runner {
public:
  flushed_server(servers::server_command what, std::filesystem::path folder,
                 servers::server_process::listener hear, log_sink log)
    : flushes_(std::move(folder), std::move(log)),
      server_(std::move(what), std::move(hear)) {
  }

  void start() override {
    server_.start();
  }

  void terminate() override {
    server_.terminate();
  }

  void kill() override {
    server_.kill();
  }

private:
  servers::disk_sync flushes_;
  servers::server_process server_;
};

caf::expected<std::string> program_of(const std::string& named) {
  if (!named.empty()) {
    if (auto found = servers::find_program(named))
      return std::move(*found);
    return caf::make_error(ec::invalid_argument,
                           "server_program is '" + cli::printable(named)
                             + "', and there is no such program that may be "
                               "run");
  }
  for (auto name : {"redis-server", "valkey-server"})
    if (auto found = servers::find_program(name))
      return std::move(*found);
  return caf::make_error(
    ec::unavailable,
    std::string{"there is no redis-server in PATH. Install the package "
                "redis-server (Debian, Ubuntu: apt install redis-server), or "
                "name a server that runs: --redis URL"});
}

} // namespace

caf::expected<own_server> own_server::prepare(const serve_options& settings) {
  own_server result;
  auto program = program_of(settings.server_program);
  if (!program)
    return std::move(program.error());
  auto path = state_path(settings.state_dir);
  if (!path)
    return std::move(path.error());
  if ((*path / socket_name).string().size() > servers::max_socket_path_size)
    return caf::make_error(ec::invalid_argument,
                           "the state directory " + cli::printable(*path)
                             + " has too long a path for a Unix socket in it; "
                               "name a shorter one with --state-dir");
  auto directory = state_directory::open(*path);
  if (!directory)
    return std::move(directory.error());
  result.program_ = std::move(*program);
  result.directory_ = std::move(*directory);
  result.fsync_ = settings.server_fsync;
  return result;
}

caf::error own_server::use_in(options& settings) const {
  settings.endpoint = endpoint();
  if (!settings.base_secret.empty() || !settings.signing_key.empty())
    return {};
  return use_own_secret(settings, *directory_);
}

endpoint own_server::endpoint() const {
  obol::endpoint result;
  result.kind = obol::endpoint::kind::unix_socket;
  result.path = *directory_ / socket_name;
  return result;
}

servers::server_command own_server::command() const {
  const auto& where = *directory_;
  servers::server_command result;
  result.socket_path = where / socket_name;
  result.log = where / "server.log";
  result.shared_file = where.lock_file();
  result.words = {program_,
                  "--port",
                  "0",
                  "--unixsocket",
                  result.socket_path,
                  "--unixsocketperm",
                  "700",
                  "--dir",
                  where.path(),
                  "--daemonize",
                  "no",
                  "--loglevel",
                  "warning",
                  "--save",
                  "",
                  "--appendonly",
                  "yes",
                  "--appendfsync",
                  fsync_ == fsync_policy::always ? "always" : "no"};
  return result;
}

embedded_server_actor own_server::spawn(caf::actor_system& system,
                                        log_sink log) const {
  embedded_server_arguments arguments;
  arguments.make_runner
    = [what = command(), policy = fsync_, folder = *directory_ / append_folder,
       log](auto hear) -> std::unique_ptr<servers::server_runner> {
    if (policy == fsync_policy::always)
      return std::make_unique<servers::server_process>(what, std::move(hear));
    return std::make_unique<flushed_server>(what, folder, std::move(hear), log);
  };
  arguments.random = internal::make_system_random_source();
  arguments.log = std::move(log);
  return system.spawn(embedded_server, std::move(arguments));
}

} // namespace obol::serve
