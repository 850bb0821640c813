#pragma once

#include <caf/io/network/native_socket.hpp>
#include <caf/io/network/rw_state.hpp>
#include <openssl/types.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace obol::internal {

/// One TLS session on a non-blocking socket, as CAF's streams want it. The
/// handshake goes on while bytes are read; nothing can be written before.
class tls_session {
public:
  using rw_state = caf::io::network::rw_state;
  using native_socket = caf::io::network::native_socket;

  explicit tls_session(SSL* handle);

  /// Takes the first step of who connects.
  static void begin(SSL* handle);

  /// Whether both sides know each other.
  bool is_through() const;

  /// `opened` is called once, when both sides know each other.
  rw_state read(std::size_t& count, void* buffer, std::size_t size,
                const std::function<void()>& opened);

  rw_state write(std::size_t& count, const void* buffer, std::size_t size);

  /// Whether so many bytes can be read that the socket tells nothing of.
  bool holds(std::size_t count) const;

private:
  struct deleter {
    void operator()(SSL* x) const;
  };

  rw_state outcome_of(int result) const;

  std::unique_ptr<SSL, deleter> handle_;
  bool told_ = false;
};

} // namespace obol::internal
