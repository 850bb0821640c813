#include "monitoring/bounded_socket.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <unistd.h>

namespace obol::monitoring {

bounded_socket::bounded_socket(int socket, clock::time_point until,
                               std::size_t max_bytes)
  : socket_(socket), until_(until), bytes_left_(max_bytes) {
}

bounded_socket::~bounded_socket() {
  ::shutdown(socket_, SHUT_RDWR);
  ::close(socket_);
}

bool bounded_socket::is_readable() const {
  return begin_ < end_ || wait_for(POLLIN);
}

bool bounded_socket::is_writable() const {
  return wait_for(POLLOUT);
}

ssize_t bounded_socket::read(char* to, std::size_t size) {
  if (begin_ == end_) {
    auto most = std::min(buffer_.size(), bytes_left_);
    if (most == 0 || !wait_for(POLLIN))
      return -1;
    auto got = ::recv(socket_, buffer_.data(), most, MSG_DONTWAIT);
    if (got <= 0)
      return got;
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
    bytes_left_ -= end_;
  }
  auto taken = std::min(size, end_ - begin_);
  std::memcpy(to, buffer_.data() + begin_, taken);
  begin_ += taken;
  return static_cast<ssize_t>(taken);
}

ssize_t bounded_socket::write(const char* from, std::size_t size) {
  if (!wait_for(POLLOUT))
    return -1;
  return ::send(socket_, from, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool bounded_socket::wait_for(short event) const {
  using std::chrono::milliseconds;
  for (;;) {
    auto left = std::chrono::ceil<milliseconds>(until_ - clock::now()).count();
    if (left <= 0)
      return false;
    pollfd what{socket_, event, 0};
    auto ready = ::poll(&what, 1, static_cast<int>(left));
    if (ready >= 0 || errno != EINTR)
      return ready > 0;
  }
}

} // namespace obol::monitoring
