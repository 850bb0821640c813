#pragma once

#include <caf/io/network/rw_state.hpp>

#include <cstddef>

namespace obol::internal {

/// How bytes get through one connection between nodes, on a non-blocking
/// socket, as CAF's streams want it.
class link_session {
public:
  using rw_state = caf::io::network::rw_state;

  virtual ~link_session() = default;

  /// Takes what has come, at most `size` bytes.
  virtual rw_state read(std::size_t& count, void* buffer, std::size_t size) = 0;

  virtual rw_state write(std::size_t& count, const void* buffer,
                         std::size_t size)
    = 0;

  /// Whether something can be written.
  virtual bool is_open() const = 0;

  /// Whether something may be left to read that the socket tells nothing of.
  virtual bool holds_more() const = 0;
};

} // namespace obol::internal
