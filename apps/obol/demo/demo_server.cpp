#include "demo/demo_server.hpp"

#include "serve/state_directory.hpp"
#include "servers/unix_socket.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <sys/socket.h>

#include <string_view>
#include <unistd.h>
#include <utility>

namespace obol::demo {

namespace {

constexpr const char* folder_name = "demo";

/// Longer than a start may take, so that only a defect lasts until here.
constexpr auto start_limit
  = servers::server_process::start_limit + std::chrono::seconds{5};

constexpr std::string_view flush_command
  = "*2\r\n$8\r\nFUNCTION\r\n$5\r\nFLUSH\r\n";
constexpr std::string_view ok_reply = "+OK\r\n";

/// One worker that sleeps when it has nothing to do, as here: the processors
/// are for what is shown.
caf::actor_system_config& idle(caf::actor_system_config& x) {
  x.set("scheduler.policy", caf::atom("sharing"));
  x.set("scheduler.max-threads", 1u);
  return x;
}

bool is_answered_with_ok(int socket) {
  std::string answer;
  char piece[64];
  while (answer.size() < ok_reply.size()) {
    auto count = ::recv(socket, piece, sizeof(piece), 0);
    if (count <= 0)
      return false;
    answer.append(piece, static_cast<std::size_t>(count));
  }
  return answer == ok_reply;
}

} // namespace

caf::expected<std::unique_ptr<demo_server>>
demo_server::start(const serve_options& settings) {
  auto path = serve::state_path(settings.state_dir);
  if (!path)
    return std::move(path.error());
  auto own_settings = settings;
  own_settings.state_dir = *path / folder_name;
  auto own = serve::own_server::prepare(own_settings);
  if (!own)
    return std::move(own.error());
  std::unique_ptr<demo_server> result{new demo_server{std::move(*own)}};
  if (auto error = result->launch())
    return error;
  return result;
}

demo_server::demo_server(serve::own_server own)
  : own_(std::move(own)), system_(idle(config_)) {
}

demo_server::~demo_server() {
  caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
  system_.await_all_actors_done();
  std::error_code ignored;
  std::filesystem::remove_all(own_.path(), ignored);
}

void demo_server::use_in(options& settings) const {
  settings.endpoint = own_.endpoint();
  settings.username.clear();
  settings.password = {};
  settings.registrar_username.clear();
  settings.registrar_password = {};
  settings.database = 0;
}

caf::error demo_server::launch() {
  actor_ = own_.spawn(system_, {});
  caf::error failure;
  caf::scoped_actor self{system_};
  self->request(actor_, start_limit, serve::wait_atom::value)
    .receive([](bool) {}, [&](caf::error& x) { failure = std::move(x); });
  return failure;
}

bool demo_server::flush_functions() const {
  auto socket = servers::connect_to(own_.endpoint().path);
  if (socket < 0)
    return false;
  auto sent
    = ::send(socket, flush_command.data(), flush_command.size(), MSG_NOSIGNAL);
  auto result = sent == static_cast<ssize_t>(flush_command.size())
                && is_answered_with_ok(socket);
  ::close(socket);
  return result;
}

} // namespace obol::demo
