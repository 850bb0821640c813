#include "obol/internal/tls_session.hpp"

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
  ERR_clear_error();
}

bool tls_session::is_through() const {
  return SSL_is_init_finished(handle_.get()) == 1;
}

tls_session::rw_state
tls_session::read(std::size_t& count, void* buffer, std::size_t size,
                  const std::function<void()>& opened) {
  count = 0;
  if (size == 0)
    return rw_state::indeterminate;
  // What another session of this thread has left there would be taken for an
  // error of this one.
  ERR_clear_error();
  auto result = SSL_read(handle_.get(), buffer, clamp(size));
  auto state = result > 0 ? rw_state::success : outcome_of(result);
  if (result > 0)
    count = static_cast<std::size_t>(result);
  if (!told_ && state == rw_state::success && is_through()) {
    told_ = true;
    opened();
  }
  return state;
}

tls_session::rw_state tls_session::write(std::size_t& count, const void* buffer,
                                         std::size_t size) {
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

bool tls_session::holds(std::size_t count) const {
  return count > 0
         && static_cast<std::size_t>(SSL_pending(handle_.get())) >= count;
}

tls_session::rw_state tls_session::outcome_of(int result) const {
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
