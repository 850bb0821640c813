#include "obol/internal/tls_socket.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace obol::internal {

namespace {

int socket_of(BIO* x) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(x)));
}

bool may_try_again() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int write(BIO* x, const char* bytes, int size) {
  BIO_clear_retry_flags(x);
  auto result
    = ::send(socket_of(x), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (result < 0 && may_try_again())
    BIO_set_retry_write(x);
  return static_cast<int>(result);
}

int read(BIO* x, char* bytes, int size) {
  BIO_clear_retry_flags(x);
  auto result = ::recv(socket_of(x), bytes, static_cast<std::size_t>(size), 0);
  if (result < 0 && may_try_again())
    BIO_set_retry_read(x);
  if (result == 0)
    BIO_set_flags(x, BIO_FLAGS_IN_EOF);
  return static_cast<int>(result);
}

/// What is asked of a socket that is only read and written: whether all has
/// been sent, and whether it has ended.
long control(BIO* x, int what, long, void*) {
  switch (what) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_EOF:
      return BIO_test_flags(x, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    default:
      return 0;
  }
}

/// Lives as long as the process: sessions may outlive any owner.
BIO_METHOD* make_method() {
  auto* result
    = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "obol socket");
  if (result == nullptr)
    return nullptr;
  BIO_meth_set_write(result, write);
  BIO_meth_set_read(result, read);
  BIO_meth_set_ctrl(result, control);
  return result;
}

} // namespace

BIO* make_tls_socket(int socket) {
  static BIO_METHOD* const method = make_method();
  auto* result = method != nullptr ? BIO_new(method) : nullptr;
  if (result == nullptr)
    return nullptr;
  BIO_set_data(result, reinterpret_cast<void*>(std::intptr_t{socket}));
  BIO_set_init(result, 1);
  return result;
}

} // namespace obol::internal
