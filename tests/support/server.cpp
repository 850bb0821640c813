#include "support/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace obol::test {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds start_limit{20};
constexpr std::chrono::seconds stop_limit{10};
constexpr std::chrono::milliseconds poll_interval{2};
// Somebody else may take the port between our choice and the server's bind.
constexpr int port_attempts = 10;
constexpr std::size_t socket_path_limit = 108;

std::filesystem::path make_directory() {
  std::string path = std::filesystem::temp_directory_path() / "obol-XXXXXX";
  if (path.size() + sizeof("/s") > socket_path_limit)
    path = "/tmp/obol-XXXXXX";
  if (!::mkdtemp(path.data()))
    throw std::runtime_error("no directory for a server: " + path);
  return path;
}

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(socket, generic, size) == 0
                     && ::getsockname(socket, generic, &size) == 0;
  ::close(socket);
  if (!bound)
    throw std::runtime_error("no free port on the loopback interface");
  return ntohs(address.sin_port);
}

bool is_cluster_node(const server_options& options) {
  return std::find(options.arguments.begin(), options.arguments.end(),
                   "--cluster-enabled")
         != options.arguments.end();
}

std::optional<std::string> find_in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "";
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    const auto candidate = std::filesystem::path{rest.substr(0, end)} / program;
    if (::access(candidate.c_str(), X_OK) == 0)
      return candidate.string();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

// Runs between fork and exec, where only async-signal-safe calls are allowed.
[[noreturn]] void become_server(pid_t parent, int log, char* const* arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent)
    ::_exit(127);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

} // namespace

// -- which servers there are --------------------------------------------------

std::vector<server_kind> known_servers() {
  std::vector<server_kind> result;
  const char* listed = std::getenv("OBOL_TEST_SERVERS");
  if (!listed) {
    if (auto path = find_in_path("redis-server"))
      result.push_back({"redis-7", *path});
    return result;
  }
  std::string_view rest = listed;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    const auto entry = rest.substr(0, end);
    if (const auto equals = entry.find('='); equals != std::string_view::npos)
      result.push_back({std::string{entry.substr(0, equals)},
                        std::string{entry.substr(equals + 1)}});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return result;
}

std::vector<std::string> all_server_names() {
  return {"redis-7", "redis-8", "valkey-9"};
}

std::optional<server_kind> require_server(const std::string& name) {
  for (auto& kind : known_servers())
    if (kind.name == name)
      return std::move(kind);
  static std::set<std::string> reported;
  if (reported.insert(name).second)
    std::cerr << "*** NOT TESTED ON " << name
              << ": OBOL_TEST_SERVERS does not name it; run "
              << ".ci/setup and export OBOL_TEST_SERVERS=\"$(.ci/setup "
                 "--print-servers)\"\n";
  return std::nullopt;
}

// -- server -------------------------------------------------------------------

server::server(server_kind kind, server_options options)
  : kind_(std::move(kind)), options_(std::move(options)),
    directory_(make_directory()) {
  try {
    if (!options_.acl.empty()) {
      std::ofstream file{directory_ / "acl"};
      const auto names_default = [](const std::string& line) {
        return line.rfind("user default ", 0) == 0;
      };
      if (std::none_of(options_.acl.begin(), options_.acl.end(), names_default))
        file << "user default on nopass ~* &* +@all\n";
      for (const auto& line : options_.acl)
        file << line << '\n';
    }
    start();
  } catch (...) {
    kill();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
    throw;
  }
}

server::~server() {
  client_.reset();
  if (pid_ > 0) {
    ::kill(pid_, SIGCONT);
    ::kill(pid_, SIGTERM);
    const auto limit = clock::now() + stop_limit;
    while (!has_exited() && clock::now() < limit)
      std::this_thread::sleep_for(poll_interval);
  }
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string server::socket_path() const {
  return directory_ / "s";
}

void server::kill() {
  client_.reset();
  if (pid_ <= 0)
    return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

void server::restart() {
  kill();
  start();
}

void server::freeze() {
  // The signal acts asynchronously; waitpid tells when it has.
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void server::thaw() {
  ::kill(pid_, SIGCONT);
}

redis_reply server::command(const std::vector<std::string>& arguments) {
  if (!client_) {
    auto client = std::make_unique<redis_client>(socket_path());
    authenticate(*client);
    client_ = std::move(client);
  }
  try {
    return client_->command(arguments);
  } catch (...) {
    client_.reset();
    throw;
  }
}

redis_client server::connect() const {
  return redis_client{socket_path()};
}

bool server::has_command(const std::string& command_name) {
  const auto reply = command({"COMMAND", "INFO", command_name});
  return reply.elements.size() == 1 && !reply.elements.front().elements.empty();
}

std::string server::log() const {
  std::ifstream file{directory_ / "log", std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<std::string> server::command_line() const {
  std::vector<std::string> result{kind_.path};
  const auto add = [&result](std::string option, std::string value) {
    result.push_back(std::move(option));
    result.push_back(std::move(value));
  };
  add("--bind", "127.0.0.1");
  add("--port", std::to_string(port_));
  add("--unixsocket", socket_path());
  add("--dir", directory_);
  add("--save", "");
  add("--appendonly", "no");
  // The timer this sets is what notices SIGTERM.
  add("--hz", "100");
  if (!options_.password.empty())
    add("--requirepass", options_.password);
  if (!options_.acl.empty())
    add("--aclfile", directory_ / "acl");
  // A node's second port would be the first one plus 10000, the same for all
  // that listen on Unix sockets only.
  if (is_cluster_node(options_))
    add("--cluster-port", std::to_string(free_port()));
  result.insert(result.end(), options_.arguments.begin(),
                options_.arguments.end());
  return result;
}

void server::start() {
  const bool choose_port = options_.tcp && port_ == 0;
  const bool may_try_again = choose_port || is_cluster_node(options_);
  for (int attempt = 1;; ++attempt) {
    if (choose_port)
      port_ = free_port();
    spawn();
    if (answers_in_time())
      return;
    kill();
    const bool port_taken
      = log().find("Address already in use") != std::string::npos;
    if (!port_taken || !may_try_again || attempt == port_attempts)
      throw std::runtime_error(kind_.name + " does not start: " + log());
  }
}

void server::spawn() {
  const auto texts = command_line();
  std::vector<char*> arguments;
  for (const auto& text : texts)
    arguments.push_back(const_cast<char*>(text.c_str()));
  arguments.push_back(nullptr);
  const int log = ::open((directory_ / "log").c_str(),
                         O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0)
    become_server(parent, log, arguments.data());
  ::close(log);
  if (pid_ < 0)
    throw std::runtime_error("no process for " + kind_.name);
}

bool server::answers_in_time() {
  const auto limit = clock::now() + start_limit;
  while (clock::now() < limit && !has_exited()) {
    try {
      const auto reply = connect().command({"PING"});
      if (!reply.is_error() || reply.text.rfind("NOAUTH", 0) == 0
          || reply.text.rfind("NOPERM", 0) == 0)
        return true;
    } catch (const std::runtime_error&) {
      // Not listening yet.
    }
    std::this_thread::sleep_for(poll_interval);
  }
  return false;
}

bool server::has_exited() {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_)
    pid_ = -1;
  return pid_ <= 0;
}

void server::authenticate(redis_client& client) const {
  if (options_.password.empty())
    return;
  if (client.command({"AUTH", options_.password}).is_error())
    throw std::runtime_error(kind_.name
                             + " refuses the password it was started with");
}

// -- tests per server ---------------------------------------------------------

void server_test::SetUp() {
  kind_ = require_server(GetParam());
  if (!kind_)
    GTEST_SKIP() << "no " << GetParam() << " on this machine";
}

std::unique_ptr<server> server_test::start(server_options options) const {
  return std::make_unique<server>(kind_.value(), std::move(options));
}

std::string
server_test_name(const testing::TestParamInfo<std::string>& parameter) {
  auto name = parameter.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

} // namespace obol::test
