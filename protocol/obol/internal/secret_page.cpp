#include "obol/internal/secret_page.hpp"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <new>

namespace obol::internal {

secret_page::secret_page(std::size_t size) : size_(size) {
  auto* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    throw std::bad_alloc{};
  data_ = static_cast<unsigned char*>(memory);
  // Both may be refused by limits of the process; the keys work without.
  static_cast<void>(mlock(memory, size));
  static_cast<void>(madvise(memory, size, MADV_DONTDUMP));
}

secret_page::~secret_page() {
  OPENSSL_cleanse(data_, size_);
  munlock(data_, size_);
  munmap(data_, size_);
}

} // namespace obol::internal
