#pragma once

#include <cstdint>
#include <memory>

namespace obol::internal {

/// Random numbers, the third seam. Callable from any thread.
class random_source {
public:
  virtual ~random_source() = default;

  /// 64 unpredictable bits.
  virtual std::uint64_t next() = 0;
};

std::shared_ptr<random_source> make_system_random_source();

} // namespace obol::internal
