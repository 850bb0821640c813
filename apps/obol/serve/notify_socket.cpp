#include "serve/notify_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace obol::serve {

namespace {

std::string_view variable(const char* name) {
  auto value = std::getenv(name);
  return value ? value : "";
}

std::optional<long long> number(std::string_view text) {
  long long result = 0;
  auto end = text.data() + text.size();
  auto [rest, failed] = std::from_chars(text.data(), end, result);
  if (text.empty() || failed != std::errc{} || rest != end || result <= 0)
    return std::nullopt;
  return result;
}

} // namespace

notify_socket notify_socket::from_environment() {
  notify_socket result;
  auto address = variable("NOTIFY_SOCKET");
  if (address.size() < sizeof(sockaddr_un::sun_path)
      && (address.starts_with('/') || address.starts_with('@')))
    result.address_ = address;
  auto interval = number(variable("WATCHDOG_USEC"));
  auto process = number(variable("WATCHDOG_PID"));
  if (interval && (!process || *process == ::getpid()))
    result.watchdog_ = std::chrono::microseconds{*interval};
  return result;
}

bool notify_socket::send(std::string_view lines) const {
  if (address_.empty())
    return true;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, address_.data(), address_.size());
  if (address_.front() == '@')
    address.sun_path[0] = '\0';
  auto size = offsetof(sockaddr_un, sun_path) + address_.size();
  auto socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0)
    return false;
  auto sent = ::sendto(
    socket, lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
    reinterpret_cast<sockaddr*>(&address), static_cast<socklen_t>(size));
  ::close(socket);
  return sent == static_cast<ssize_t>(lines.size());
}

} // namespace obol::serve
