#include "apps/notify_listener.hpp"

#include "apps/patience.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <stdexcept>
#include <unistd.h>

namespace obol::test {

notify_listener::notify_listener()
  : address_(folder_.path("notify")),
    socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, address_.c_str(),
               sizeof(address.sun_path) - 1);
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address))
      != 0)
    throw std::runtime_error{"no socket for notifications"};
  timeval limit{patience.count(), 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

notify_listener::~notify_listener() {
  ::close(socket_);
}

std::string notify_listener::next() {
  char text[4096];
  auto size = ::recv(socket_, text, sizeof(text), 0);
  if (size <= 0)
    return {};
  std::string result{text, static_cast<std::size_t>(size)};
  all_ += result;
  return result;
}

bool notify_listener::hears(const std::string& text) {
  for (;;) {
    auto message = next();
    if (message.find(text) != std::string::npos)
      return true;
    if (message.empty())
      return false;
  }
}

} // namespace obol::test
