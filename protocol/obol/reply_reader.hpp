#pragma once

#include "obol/reply.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace obol {

/// How much a server may answer. Checked while a reply is read, on what has
/// arrived and on what is announced; nothing is allocated by announced sizes.
struct reply_limits {
  /// Bytes of one bulk string.
  std::size_t max_bulk_bytes = 4 * 1024 * 1024;

  /// Bytes of a status, an error or an integer.
  std::size_t max_line_bytes = 64 * 1024;

  /// Elements of all arrays of one reply together.
  std::size_t max_elements = 200'000;

  /// Arrays within arrays; at most 8.
  std::size_t max_depth = 8;

  /// Bytes of one reply on the wire.
  std::size_t max_reply_bytes = 64 * 1024 * 1024;
};

/// Cuts a stream of bytes into replies (RESP2), wherever the stream was split.
/// The bytes are not trusted: what breaks the protocol or a limit fails the
/// reader for good, since nothing after it can be attributed to a request.
class reply_reader {
public:
  enum class status { have_reply, need_more, failed };

  struct result {
    reply_reader::status status = reply_reader::status::need_more;

    /// Set if the status is `have_reply`.
    obol::reply reply;

    /// What rule was broken, if the status is `failed`; without content.
    std::string_view error;

    /// Whether that was a limit: the next reply is larger than allowed.
    bool is_too_large = false;
  };

  static constexpr std::size_t max_spares = 16;

  explicit reply_reader(reply_limits limits = {});
  reply_reader(reply_reader&&) noexcept;
  reply_reader& operator=(reply_reader&&) noexcept;
  ~reply_reader();

  /// Takes bytes as they came from the server, which must stay where they are
  /// until the reader needs more. Ignored once it has failed.
  void feed(std::string_view bytes);

  /// The next reply, if all of it is here. Call it until it needs more.
  result next();

  /// Takes back a reply that is not needed any more, for its memory; keeps up
  /// to `max_spares`.
  void recycle(obol::reply&& x);

  /// Whether a reply, or part of one, is waiting: at the end of the stream
  /// this means that a reply was cut.
  bool has_unread() const noexcept;

private:
  struct implementation;

  std::unique_ptr<implementation> impl_;
};

} // namespace obol
