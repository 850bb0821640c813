#include "apps/serve_process.hpp"

#include "apps/patience.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace obol::test {

serve_process::serve_process() = default;

void serve_process::start() {
  std::filesystem::remove(folder_.path("err"));
  process_input input;
  input.arguments
    = {"serve",       "--listen",    "127.0.0.1:0", "--metrics-listen",
       "127.0.0.1:0", "--state-dir", state_path()};
  input.arguments.insert(input.arguments.end(), arguments.begin(),
                         arguments.end());
  input.variables = variables;
  process_ = std::make_unique<background_process>(
    OBOL_BINARY, input, folder_.path("out"), folder_.path("err"));
}

void serve_process::start_ready() {
  start();
  ASSERT_TRUE(logs("listening on ")) << log();
  ASSERT_TRUE(logs("actor=obol.pool msg=\"ready\"")) << log();
}

// -- its life -----------------------------------------------------------------

void serve_process::signal(int number) {
  ::kill(pid(), number);
}

int serve_process::wait() {
  return process_->wait();
}

void serve_process::kill() {
  process_->kill();
}

pid_t serve_process::pid() const {
  return process_->pid();
}

// -- what it says -------------------------------------------------------------

std::string serve_process::log() const {
  std::ifstream file{folder_.path("err")};
  return {std::istreambuf_iterator<char>{file}, {}};
}

bool serve_process::logs(const std::string& text) const {
  return comes_true([&] { return log().find(text) != std::string::npos; });
}

std::uint16_t serve_process::port() const {
  return port_after("listening on 127.0.0.1:");
}

std::uint16_t serve_process::metrics_port() const {
  return port_after("metrics on 127.0.0.1:");
}

std::uint16_t serve_process::port_after(const std::string& text) const {
  auto all = log();
  auto found = all.find(text);
  if (found == std::string::npos)
    return 0;
  return static_cast<std::uint16_t>(std::stoi(all.substr(found + text.size())));
}

// -- what it keeps ------------------------------------------------------------

std::string serve_process::state_path(const std::string& name) const {
  auto root = folder_.path("state");
  return name.empty() ? root : root + '/' + name;
}

pid_t serve_process::server_pid() const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  auto path = state_path("socket");
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  auto socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ucred peer{};
  socklen_t size = sizeof(peer);
  auto is_there
    = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address))
        == 0
      && ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
  ::close(socket);
  return is_there ? peer.pid : 0;
}

process_result serve_process::obol(std::vector<std::string> words,
                                   std::string input) {
  words.insert(words.end(), {"--redis", "unix://" + state_path("socket"),
                             "--base-secret-file", state_path("base_secret")});
  return run_process(OBOL_BINARY, {std::move(words), std::move(input), {}});
}

bool is_gone(pid_t process) {
  std::ifstream file{"/proc/" + std::to_string(process) + "/stat"};
  std::string stat{std::istreambuf_iterator<char>{file}, {}};
  // The state follows the name, which may hold anything but ends at the last ).
  auto name_end = stat.rfind(") ");
  return name_end == std::string::npos || stat[name_end + 2] == 'Z';
}

} // namespace obol::test
