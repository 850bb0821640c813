#include "servers/unix_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <unistd.h>

namespace obol::servers {

namespace {

constexpr int answer_limit_seconds = 5;

} // namespace

// The terminating zero must fit too.
static_assert(max_socket_path_size < sizeof(sockaddr_un::sun_path));

int connect_to(const std::string& path) {
  if (path.size() > max_socket_path_size)
    return -1;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  auto socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0)
    return -1;
  timeval limit{answer_limit_seconds, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address))
      == 0)
    return socket;
  ::close(socket);
  return -1;
}

bool is_answered(const std::string& path) {
  auto socket = connect_to(path);
  if (socket < 0)
    return false;
  static constexpr char ping[] = "PING\r\n";
  char reply = 0;
  auto answered = ::send(socket, ping, sizeof(ping) - 1, MSG_NOSIGNAL)
                    == static_cast<ssize_t>(sizeof(ping) - 1)
                  && ::recv(socket, &reply, 1, 0) == 1;
  ::close(socket);
  return answered;
}

} // namespace obol::servers
