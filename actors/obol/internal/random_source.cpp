#include "obol/internal/random_source.hpp"

#include "obol/internal/brief_mutex.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <mutex>

namespace obol::internal {

namespace {

/// Asks for many numbers at a time: a question takes about a microsecond and a
/// system call, whatever its length. The numbers belong to this object, so that
/// a process that was forked has its own as soon as it opens a store.
class system_random_source final : public random_source {
public:
  std::uint64_t next() override {
    std::lock_guard guard{mutex_};
    if (left_ == 0)
      fill();
    return numbers_[--left_];
  }

private:
  void fill() {
    auto* bytes = reinterpret_cast<unsigned char*>(numbers_.data());
    // Operation ids must not repeat, so there is nothing to fall back to.
    if (RAND_bytes(bytes, sizeof(numbers_)) != 1)
      std::abort();
    left_ = numbers_.size();
  }

  brief_mutex mutex_;
  // Guarded by mutex_, like the next one.
  std::array<std::uint64_t, 64> numbers_;
  std::size_t left_ = 0;
};

} // namespace

std::shared_ptr<random_source> make_system_random_source() {
  return std::make_shared<system_random_source>();
}

} // namespace obol::internal
