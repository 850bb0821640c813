#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>

namespace obol::monitoring {

/// A connection that may last so long and bring so many bytes, whatever its
/// client does: a slow one is cut off as well as a talkative one. Closed when
/// this ends.
class bounded_socket {
public:
  using clock = std::chrono::steady_clock;

  /// Takes over the socket.
  bounded_socket(int socket, clock::time_point until, std::size_t max_bytes);
  ~bounded_socket();
  bounded_socket(const bounded_socket&) = delete;
  bounded_socket& operator=(const bounded_socket&) = delete;

  /// Waits until there is something to read. False when the time is over.
  bool is_readable() const;

  /// Waits until something can be written. False when the time is over.
  bool is_writable() const;

  /// @returns how many bytes were read; 0 at the end of the stream; -1 when a
  /// bound is reached or the connection is broken
  ssize_t read(char* to, std::size_t size);

  /// @returns how many bytes were written; -1 as with `read`
  ssize_t write(const char* from, std::size_t size);

  int descriptor() const {
    return socket_;
  }

private:
  bool wait_for(short event) const;

  int socket_;
  clock::time_point until_;
  std::size_t bytes_left_;
  // HTTP is read byte by byte above.
  std::array<char, 4096> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

} // namespace obol::monitoring
