#pragma once

#include "obol/internal/transport.hpp"
#include "obol/reply_reader.hpp"

#include <caf/error.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace obol::internal {

/// One socket, with the bytes that wait to be sent and the replies that come.
/// Serves one connection and is never used for a second.
class wire {
public:
  /// Takes some replies, for as long as the call lasts; answers whether it
  /// wants more.
  using taker = std::function<bool(std::span<reply>)>;

  struct reading {
    /// Why the stream cannot be used any more; empty while it can.
    caf::error failure;

    /// Whether that is because the next reply is larger than allowed.
    bool is_too_large = false;

    std::size_t bytes = 0;
  };

  explicit wire(std::unique_ptr<transport> socket);

  /// Passwords that could not be sent are wiped too.
  ~wire();

  transport& socket() {
    return *socket_;
  }

  /// Puts bytes behind those that wait to be sent.
  void put(std::string_view bytes);

  /// Those that wait to be sent, for whoever puts more behind them.
  std::string& unsent() {
    return out_;
  }

  /// The same for bytes that hold a password: they are wiped when they were
  /// sent, and `bytes` at once.
  void put_secret(std::string bytes);

  bool has_unsent() const {
    return sent_ < out_.size();
  }

  /// Sends what the socket takes now. A broken stream tells so when it is read.
  /// @returns how many bytes were sent
  std::size_t flush();

  /// Reads what is there and passes on the replies that have arrived whole, as
  /// many at a time as are there.
  reading read(const taker& take);

private:
  /// Whether `take` wants more.
  bool pass_on(const taker& take, reading& to);

  /// The same with those that were gathered.
  bool hand_over(const taker& take);

  std::unique_ptr<transport> socket_;
  reply_reader reader_;
  std::vector<reply> gathered_;
  std::vector<char> buffer_;
  std::string out_;
  std::size_t sent_ = 0;
  bool is_secret_ = false;
};

} // namespace obol::internal
