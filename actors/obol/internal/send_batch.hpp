#pragma once

#include "obol/internal/clock.hpp"

#include <algorithm>
#include <cstdint>

namespace obol::internal {

/// The requests of one connection that were put in since it last sent, and how
/// many are enough to send.
///
/// The server begins with a batch while the next is written. A batch is a
/// quarter of what all connections have under way, within bounds: larger ones
/// cost less, but leave the server without work. Measured with 4 to 64, and
/// with a quarter to a sixteenth.
class send_batch {
public:
  static constexpr std::uint32_t min = 8;
  static constexpr std::uint32_t max = 64;
  static constexpr std::uint32_t batches_under_way = 4;

  bool empty() const {
    return count_ == 0;
  }

  /// A first request comes, while so many are under way.
  void begin(instant now, std::uint32_t under_way) {
    since_ = now;
    enough_ = std::clamp(under_way / batches_under_way, min, max);
  }

  /// When the first came, for all of them: to read the clock for each is dear,
  /// and a batch does not take long.
  instant since() const {
    return since_;
  }

  /// Another request is in it.
  /// @returns whether they are enough
  bool add() {
    return ++count_ >= enough_;
  }

  /// They were sent, or lost.
  void clear() {
    count_ = 0;
  }

private:
  std::uint32_t count_ = 0;
  std::uint32_t enough_ = min;
  instant since_{};
};

} // namespace obol::internal
