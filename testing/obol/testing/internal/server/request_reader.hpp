#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace obol::testing::internal {

/// Reads requests, arrays of bulk strings, from bytes cut anywhere. Inline
/// commands are not known here: nothing of obol sends them.
class request_reader {
public:
  enum class status {
    /// `request` holds the next request.
    complete,
    /// More bytes are needed.
    incomplete,
    /// The bytes are no request. `error` says why; nothing more is read.
    failed,
  };

  /// Takes bytes as they come off the network.
  void feed(std::string_view bytes);

  /// Reads the next request of what has been fed.
  status next();

  /// The request that `next` has read, until it is called again.
  const std::vector<std::string>& request() const {
    return request_;
  }

  /// The same for whoever keeps it.
  std::vector<std::string> take_request() {
    return std::move(request_);
  }

  /// What the server answers before it closes, like `ERR Protocol error: ...`.
  const std::string& error() const {
    return error_;
  }

private:
  /// Reads a line like `*3`; fails if it is too long.
  status read_line(std::string_view& line);

  status read_count();
  status read_size();
  status read_text();
  status fail(std::string_view reason);
  void compact();

  std::string buffer_;
  /// Up to here the buffer has been read.
  std::size_t position_ = 0;
  std::vector<std::string> request_;
  /// Texts of the current request that are still to come.
  std::size_t missing_ = 0;
  /// The size of the text that comes next, once its line has been read.
  std::size_t size_ = 0;
  bool in_request_ = false;
  bool has_size_ = false;
  std::string error_;
};

} // namespace obol::testing::internal
