#pragma once

#include "obol/internal/link_session.hpp"

namespace obol::internal {

/// Bytes as they are, on a connected socket that belongs to somebody else.
class plain_session final : public link_session {
public:
  explicit plain_session(int socket) : socket_(socket) {
  }

  rw_state read(std::size_t& count, void* buffer, std::size_t size) override;

  rw_state write(std::size_t& count, const void* buffer,
                 std::size_t size) override;

  bool is_open() const override {
    return true;
  }

  bool holds_more() const override {
    return false;
  }

private:
  int socket_;
};

} // namespace obol::internal
