#pragma once

#include "obol/internal/clock.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace obol::testing::internal {

/// What happened, a line each: "1.002345 network: link 3 is reset". Lines hold
/// numbers and names, no bytes of sessions. Costs nothing while it is off.
class trace {
public:
  /// How many lines are kept; older ones are dropped.
  explicit trace(std::size_t capacity) : capacity_(capacity) {
  }

  bool on() const {
    return capacity_ > 0;
  }

  void set_capacity(std::size_t lines) {
    capacity_ = lines;
  }

  /// Adds the line that `make` makes, if it is on.
  template <class Make>
  void note(obol::internal::instant when, std::string_view who, Make make) {
    if (on())
      add(when, who, make());
  }

  /// All lines that were kept.
  std::string text() const;

private:
  void add(obol::internal::instant when, std::string_view who,
           const std::string& what);

  std::size_t capacity_;
  std::deque<std::string> lines_;
  std::size_t dropped_ = 0;
};

} // namespace obol::testing::internal
