#pragma once

#include "obol/internal/link_session.hpp"

#include <openssl/types.h>

#include <memory>

namespace obol::internal {

/// Bytes through TLS. The handshake goes on while bytes are read; nothing can
/// be written before.
class tls_session final : public link_session {
public:
  explicit tls_session(SSL* handle);

  /// Takes the first step of who connects, in a thread that does nothing more
  /// with TLS.
  static void begin(SSL* handle);

  rw_state read(std::size_t& count, void* buffer, std::size_t size) override;

  rw_state write(std::size_t& count, const void* buffer,
                 std::size_t size) override;

  /// Whether both sides know each other.
  bool is_open() const override;

  bool holds_more() const override;

private:
  struct deleter {
    void operator()(SSL* x) const;
  };

  rw_state outcome_of(int result) const;

  std::unique_ptr<SSL, deleter> handle_;
};

} // namespace obol::internal
