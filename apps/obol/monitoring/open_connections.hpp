#pragma once

#include <sys/socket.h>

#include <mutex>
#include <set>

namespace obol::monitoring {

/// The connections that are being answered, so that those that bring nothing
/// hold nobody up at the end.
class open_connections {
public:
  /// A connection from here to the end of the scope, which must come before its
  /// socket is closed.
  class entry {
  public:
    entry(open_connections& all, int socket) : all_(all), socket_(socket) {
      all_.add(socket_);
    }

    ~entry() {
      all_.remove(socket_);
    }

    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

  private:
    open_connections& all_;
    int socket_;
  };

  /// Nothing more is taken from any of them, nor from those to come. What has
  /// arrived can still be read, and be answered.
  void take_no_more() {
    std::lock_guard guard{mutex_};
    ending_ = true;
    for (auto socket : sockets_)
      ::shutdown(socket, SHUT_RD);
  }

private:
  void add(int socket) {
    std::lock_guard guard{mutex_};
    sockets_.insert(socket);
    if (ending_)
      ::shutdown(socket, SHUT_RD);
  }

  void remove(int socket) {
    std::lock_guard guard{mutex_};
    sockets_.erase(socket);
  }

  std::mutex mutex_;
  // Guarded by mutex_.
  std::set<int> sockets_;
  bool ending_ = false;
};

} // namespace obol::monitoring
