#include "obol/internal/tls_session.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <climits>

namespace obol::internal {

namespace {

int clamp(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

} // namespace

void tls_session::deleter::operator()(SSL* x) const {
  SSL_free(x);
}

tls_session::tls_session(SSL* handle) : handle_(handle) {
}

void tls_session::begin(SSL* handle) {
  ERR_clear_error();
  SSL_do_handshake(handle);
  // A thread's random numbers and errors are freed when it ends, which nobody
  // waits for: a program may end before, and would leave them behind.
  OPENSSL_thread_stop();
}

bool tls_session::is_open() const {
  return SSL_is_init_finished(handle_.get()) == 1;
}

link_session::rw_state tls_session::read(std::size_t& count, void* buffer,
                                         std::size_t size) {
  count = 0;
  if (size == 0)
    return rw_state::indeterminate;
  // What another session of this thread has left there would be taken for an
  // error of this one.
  ERR_clear_error();
  auto result = SSL_read(handle_.get(), buffer, clamp(size));
  if (result <= 0)
    return outcome_of(result);
  count = static_cast<std::size_t>(result);
  return rw_state::success;
}

link_session::rw_state
tls_session::write(std::size_t& count, const void* buffer, std::size_t size) {
  count = 0;
  if (size == 0)
    return rw_state::indeterminate;
  ERR_clear_error();
  auto result = SSL_write(handle_.get(), buffer, clamp(size));
  if (result <= 0)
    return outcome_of(result);
  count = static_cast<std::size_t>(result);
  return rw_state::success;
}

/// Also if it is not a whole record yet: reading then finds nothing.
bool tls_session::holds_more() const {
  return SSL_has_pending(handle_.get()) == 1;
}

link_session::rw_state tls_session::outcome_of(int result) const {
  switch (SSL_get_error(handle_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return rw_state::success;
    default:
      ERR_clear_error();
      return rw_state::failure;
  }
}

} // namespace obol::internal
