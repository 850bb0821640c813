#include "demo/private_server.hpp"

#include "demo/server_guardian.hpp"
#include "obol/error.hpp"
#include "servers/find_program.hpp"
#include "servers/server_log.hpp"
#include "servers/unix_socket.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>

namespace obol::demo {

namespace {

constexpr std::chrono::milliseconds poll_interval{5};

constexpr std::string_view socket_name = "/socket";

caf::error unavailable(std::string text) {
  return caf::make_error(ec::unavailable, std::move(text));
}

std::optional<std::filesystem::path> make_directory() {
  std::error_code trouble;
  auto parent = std::filesystem::temp_directory_path(trouble);
  auto pattern
    = (trouble ? std::filesystem::path{"/tmp"} : parent) / "obol-demo-XXXXXX";
  std::string text = pattern;
  if (text.size() + socket_name.size() > servers::max_socket_path_size)
    text = "/tmp/obol-demo-XXXXXX";
  if (!::mkdtemp(text.data()))
    return std::nullopt;
  return text;
}

} // namespace

caf::expected<std::unique_ptr<private_server>>
private_server::start(const std::string& name) {
  auto program = servers::find_program(name);
  if (!program && name != default_program)
    return unavailable("there is no server program "
                       + std::filesystem::path{name}.filename().string()
                       + " that may be run");
  if (!program)
    return unavailable("there is no redis-server in PATH. Install the package "
                       "redis-server (Debian, Ubuntu: apt install "
                       "redis-server), or name a server that runs: "
                       "--redis URL");
  auto directory = make_directory();
  if (!directory)
    return unavailable("no directory for a private server can be made in the "
                       "temporary directory: "
                       + std::string{std::strerror(errno)});
  std::unique_ptr<private_server> result{
    new private_server{std::move(*program), std::move(*directory)}};
  if (auto error = result->launch())
    return error;
  return result;
}

private_server::private_server(std::string program,
                               std::filesystem::path directory)
  : program_(std::move(program)), directory_(std::move(directory)) {
}

private_server::~private_server() {
  if (lifeline_ >= 0)
    ::close(lifeline_);
  if (guardian_ > 0)
    while (::waitpid(guardian_, nullptr, 0) < 0 && errno == EINTR) {
    }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

endpoint private_server::endpoint() const {
  obol::endpoint result;
  result.kind = obol::endpoint::kind::unix_socket;
  result.path = socket_path();
  return result;
}

std::string private_server::socket_path() const {
  return directory_ / "socket";
}

caf::error private_server::launch() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return unavailable("no pipe for a private server: "
                       + std::string{std::strerror(errno)});
  guardian_ = ::fork();
  if (guardian_ == 0) {
    ::close(ends[1]);
    guard_server({program_, directory_, socket_path(), ends[0]});
  }
  ::close(ends[0]);
  lifeline_ = ends[1];
  if (guardian_ < 0)
    return unavailable("no process for a private server: "
                       + std::string{std::strerror(errno)});
  auto limit = std::chrono::steady_clock::now() + start_limit;
  while (!is_listening()) {
    if (has_ended() || std::chrono::steady_clock::now() > limit)
      return unavailable(program_ + " does not start; "
                         + servers::end_of_log(directory_ / "log"));
    std::this_thread::sleep_for(poll_interval);
  }
  return {};
}

bool private_server::is_listening() const {
  return servers::is_answered(socket_path());
}

bool private_server::has_ended() {
  if (guardian_ > 0 && ::waitpid(guardian_, nullptr, WNOHANG) == guardian_)
    guardian_ = -1;
  return guardian_ < 0;
}

} // namespace obol::demo
