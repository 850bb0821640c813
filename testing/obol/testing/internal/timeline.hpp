#pragma once

#include "obol/internal/clock.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace obol::testing::internal {

using obol::internal::duration;
using obol::internal::instant;

/// What is going to happen, in the order of time; what falls on one instant, in
/// the order it was put there.
class timeline {
public:
  using action = std::function<void()>;

  explicit timeline(std::function<instant()> now) : now_(std::move(now)) {
  }

  instant now() const {
    return now_();
  }

  void at(instant when, action what) {
    entries_.push_back({when, next_number_++, std::move(what)});
    std::push_heap(entries_.begin(), entries_.end(), later{});
  }

  void after(duration wait, action what) {
    at(now() + wait, std::move(what));
  }

  bool empty() const {
    return entries_.empty();
  }

  /// When the next one happens; there must be one.
  instant next() const {
    return entries_.front().when;
  }

  /// Lets the next one happen, whatever the time; there must be one.
  void run_next() {
    std::pop_heap(entries_.begin(), entries_.end(), later{});
    auto what = std::move(entries_.back().what);
    entries_.pop_back();
    what();
  }

  /// Nothing of what was planned will happen.
  void clear() {
    entries_.clear();
  }

private:
  struct entry {
    instant when;
    std::uint64_t number;
    action what;
  };

  struct later {
    bool operator()(const entry& x, const entry& y) const {
      return std::pair{x.when, x.number} > std::pair{y.when, y.number};
    }
  };

  std::function<instant()> now_;
  std::vector<entry> entries_;
  std::uint64_t next_number_ = 0;
};

} // namespace obol::testing::internal
