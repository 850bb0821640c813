#pragma once

#include "obol/endpoint.hpp"
#include "obol/internal/transport.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace obol::test {

/// A file descriptor that is closed at the end of its scope.
class unique_fd {
public:
  explicit unique_fd(int fd = -1);
  unique_fd(unique_fd&& other) noexcept;
  unique_fd& operator=(unique_fd&& other) noexcept;
  ~unique_fd();

  int get() const {
    return fd_;
  }

  void close();

private:
  int fd_;
};

/// A directory with a name of its own, removed with all that is in it.
class temporary_directory {
public:
  temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory();

  const std::filesystem::path& path() const {
    return path_;
  }

private:
  std::filesystem::path path_;
};

/// A real socket that waits for connections: on a free port of 127.0.0.1, or at
/// a path. Throws `std::system_error` when the system refuses anything.
class listener {
public:
  static listener tcp(int backlog = 128);
  static listener unix_socket(const std::filesystem::path& path);

  /// An endpoint of 127.0.0.1 that refuses connections while this lives.
  static listener refusing();

  /// An endpoint of 127.0.0.1 that answers no connect at all: its backlog is
  /// full.
  static listener silent();

  const endpoint& where() const {
    return where_;
  }

  /// The next connection, blocking; it must come within seconds.
  unique_fd accept() const;

private:
  explicit listener(int family);
  void bind_loopback();

  unique_fd socket_;
  endpoint where_;

  // What fills the backlog of a silent one.
  std::vector<unique_fd> backlog_;
};

/// The peer's side of a test: all of `bytes` out, or what comes in until
/// `count` bytes are there or the stream ends.
void write_all(const unique_fd& fd, std::string_view bytes);
std::string read_up_to(const unique_fd& fd, std::size_t count);

/// What an actor is to its transport: gets the notifications and acts on them.
/// Waits end after a generous bound, with `false` or what there is by then.
class transport_owner {
public:
  explicit transport_owner(internal::transport_factory& factory);

  internal::transport& operator*() const {
    return *transport_;
  }

  internal::transport* operator->() const {
    return transport_.get();
  }

  /// Takes one notification and acknowledges it.
  bool wait();

  /// Whether a notification has come that nobody waited for.
  bool notified() const;

  /// Connects and waits until that has succeeded or failed.
  internal::connect_status connect(const endpoint& where);

  /// Reads, as the contract says, until `count` bytes are there or the stream
  /// is over; `last_status` tells.
  std::string receive(std::size_t count);

  internal::io_status last_status = internal::io_status::would_block;

private:
  struct inbox {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t count = 0;
  };

  std::shared_ptr<inbox> inbox_ = std::make_shared<inbox>();
  std::unique_ptr<internal::transport> transport_;
};

} // namespace obol::test
