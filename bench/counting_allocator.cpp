#include "counting_allocator.hpp"

#include <atomic>
#include <cstdlib>
#include <malloc.h>
#include <new>

// Every operator new of this program, counted.

namespace {

std::atomic<std::uint64_t> allocations{0};
std::atomic<std::int64_t> live_bytes{0};

void* counted(void* memory) {
  if (!memory)
    throw std::bad_alloc{};
  allocations.fetch_add(1, std::memory_order_relaxed);
  live_bytes.fetch_add(static_cast<std::int64_t>(::malloc_usable_size(memory)),
                       std::memory_order_relaxed);
  return memory;
}

void release(void* memory) {
  if (!memory)
    return;
  live_bytes.fetch_sub(static_cast<std::int64_t>(::malloc_usable_size(memory)),
                       std::memory_order_relaxed);
  std::free(memory);
}

} // namespace

void* operator new(std::size_t size) {
  return counted(std::malloc(size == 0 ? 1 : size));
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  auto step = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(step, (size + step - 1) / step * step));
}

void operator delete(void* memory) noexcept {
  release(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}

void operator delete(void* memory, std::align_val_t) noexcept {
  release(memory);
}

void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory);
}

namespace obol::bench {

heap_counts heap_now() {
  return {allocations.load(), live_bytes.load()};
}

} // namespace obol::bench
