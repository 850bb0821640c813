#include "server_monitor.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace obol::test {

namespace {

unique_fd connect_to(const std::string& path) {
  unique_fd result{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::connect(result.get(), generic, sizeof(address)) < 0)
    throw std::system_error{errno, std::generic_category()};
  timeval patience{20, 0};
  ::setsockopt(result.get(), SOL_SOCKET, SO_RCVTIMEO, &patience,
               sizeof(patience));
  return result;
}

/// A line is `+1700000000.123456 [0 unix:/path] "HGET" "key"`, with `lua` in
/// place of the client's address where a function called.
std::string command_in(const std::string& line) {
  auto begin = line.find("] \"");
  if (begin == std::string::npos || line.find("[0 lua]") != std::string::npos)
    return {};
  begin += 3;
  auto result = line.substr(begin, line.find('"', begin) - begin);
  for (auto& c : result)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

} // namespace

server_monitor::server_monitor(server& target)
  : target_(target), socket_(connect_to(target.socket_path())) {
  write_all(socket_, "MONITOR\r\n");
  if (read_line() != "+OK")
    throw std::runtime_error{"the server does not let itself be monitored"};
}

std::vector<std::string> server_monitor::take() {
  auto mark = "mark-" + std::to_string(++marks_);
  target_.command({"ECHO", mark});
  std::vector<std::string> result;
  for (;;) {
    auto line = read_line();
    if (line.find(mark) != std::string::npos)
      return result;
    if (auto name = command_in(line); !name.empty())
      result.push_back(std::move(name));
  }
}

std::string server_monitor::read_line() {
  for (;;) {
    if (auto end = unread_.find("\r\n"); end != std::string::npos) {
      auto result = unread_.substr(0, end);
      unread_.erase(0, end + 2);
      return result;
    }
    auto more = read_up_to(socket_, 1);
    if (more.empty())
      throw std::runtime_error{"the server ended its monitor"};
    unread_ += more;
  }
}

} // namespace obol::test
