#pragma once

#include <cstddef>
#include <span>

namespace obol::internal {

/// Memory for secrets: pages of their own, kept out of core dumps and, where
/// the process may lock memory, out of swap; wiped when released.
class secret_page {
public:
  /// @pre `size > 0`. Throws `std::bad_alloc` if there is no memory.
  explicit secret_page(std::size_t size);
  secret_page(const secret_page&) = delete;
  secret_page& operator=(const secret_page&) = delete;
  ~secret_page();

  std::span<unsigned char> bytes() noexcept {
    return {data_, size_};
  }

  std::span<const unsigned char> bytes() const noexcept {
    return {data_, size_};
  }

private:
  unsigned char* data_;
  std::size_t size_;
};

} // namespace obol::internal
