#include "obol/internal/plain_session.hpp"

#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>

namespace obol::internal {

namespace {

using rw_state = link_session::rw_state;

/// What a system call that moves bytes came to.
rw_state outcome_of(ssize_t moved, std::size_t& count) {
  if (moved > 0)
    count = static_cast<std::size_t>(moved);
  auto later
    = moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return moved > 0 || later ? rw_state::success : rw_state::failure;
}

} // namespace

link_session::rw_state plain_session::read(std::size_t& count, void* buffer,
                                           std::size_t size) {
  count = 0;
  return outcome_of(::recv(socket_, buffer, size, 0), count);
}

link_session::rw_state
plain_session::write(std::size_t& count, const void* buffer, std::size_t size) {
  count = 0;
  if (size == 0)
    return rw_state::indeterminate;
  return outcome_of(::send(socket_, buffer, size, MSG_NOSIGNAL), count);
}

} // namespace obol::internal
