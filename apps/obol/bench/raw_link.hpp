#pragma once

#include "obol/options.hpp"

#include <hiredis/hiredis.h>

#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace obol::bench {

/// The benchmark cannot go on: the server is lost or refuses what it must do.
struct bench_failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct reply_deleter {
  void operator()(redisReply* x) const {
    freeReplyObject(x);
  }
};

using raw_reply = std::unique_ptr<redisReply, reply_deleter>;

/// The bytes of a reply.
inline std::string_view bytes_of(const redisReply& x) {
  return {x.str, static_cast<std::size_t>(x.len)};
}

/// A connection of plain hiredis, for yardsticks and to look after the server.
/// Fails by throwing `bench_failure`. Not thread-safe.
class raw_link {
public:
  /// Connects to the server these options name, as the account they name.
  explicit raw_link(const options& settings);

  /// Takes a command in the form it travels; it is sent with the next that
  /// waits for replies, or by `flush`.
  void append(const std::string& command);

  /// Sends what was appended.
  void flush();

  /// Waits for the next reply, which may be an error.
  raw_reply next();

  /// Reads what has arrived, waiting for something if nothing has.
  void read();

  /// The next reply of what was read; null if there is none.
  raw_reply next_read();

  /// Sends one command and waits for its reply, which must be no error.
  raw_reply ask(std::initializer_list<std::string_view> words);

  /// The socket, to wait for it.
  int socket() const {
    return context_->fd;
  }

private:
  struct closer {
    void operator()(redisContext* x) const {
      redisFree(x);
    }
  };

  std::unique_ptr<redisContext, closer> context_;
};

} // namespace obol::bench
