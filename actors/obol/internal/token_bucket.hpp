#pragma once

#include "obol/internal/clock.hpp"

#include <algorithm>
#include <cstddef>

namespace obol::internal {

/// Lets so many pass a second, and as many at once after a second of rest.
class token_bucket {
public:
  /// A `rate` of 0 lets everything pass.
  explicit token_bucket(std::size_t rate)
    : rate_(static_cast<double>(rate)), tokens_(rate_) {
  }

  /// Whether one more may pass.
  bool take(instant now) {
    if (rate_ == 0)
      return true;
    tokens_ = tokens_at(now);
    last_ = now;
    if (tokens_ < 1)
      return false;
    tokens_ -= 1;
    return true;
  }

  /// Whether it has rested long enough to be as good as new.
  bool is_full(instant now) const {
    return tokens_at(now) >= rate_;
  }

private:
  double tokens_at(instant now) const {
    auto passed = std::chrono::duration<double>(now - last_).count();
    return std::min(rate_, tokens_ + std::max(passed, 0.0) * rate_);
  }

  double rate_;
  double tokens_;
  instant last_{};
};

} // namespace obol::internal
