#include "obol/internal/sealed_file.hpp"

#include "obol/error.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace obol::internal {

namespace {

constexpr std::size_t max_file_bytes = 1024 * 1024;

caf::error unreadable(const char* option, const std::string& path,
                      const char* reason) {
  return caf::make_error(ec::misconfigured, std::string{option} + ": '" + path
                                              + "' cannot be read: " + reason);
}

bool write_all(int descriptor, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    auto n = ::write(descriptor, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno != EINTR)
      return false;
    if (n > 0)
      done += static_cast<std::size_t>(n);
  }
  return true;
}

} // namespace

caf::expected<sealed_file> sealed_file::open(const char* option,
                                             const std::string& path) {
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  std::string bytes(max_file_bytes + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  auto count = static_cast<std::size_t>(in.gcount());
  if (!in.is_open() || count == 0)
    return unreadable(option, path,
                      errno != 0 ? std::strerror(errno) : "it is empty");
  if (count > max_file_bytes)
    return unreadable(option, path, "it is larger than 1 MiB");
  bytes.resize(count);
  sealed_file result{::memfd_create("obol", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  constexpr auto seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW
                         | F_SEAL_SEAL;
  auto held = result.descriptor_ >= 0 && write_all(result.descriptor_, bytes)
              && ::fcntl(result.descriptor_, F_ADD_SEALS, seals) == 0;
  ::explicit_bzero(bytes.data(), bytes.size());
  if (!held)
    return unreadable(option, path, std::strerror(errno));
  return result;
}

sealed_file::sealed_file(sealed_file&& other) noexcept
  : descriptor_(std::exchange(other.descriptor_, -1)) {
}

sealed_file& sealed_file::operator=(sealed_file&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

sealed_file::~sealed_file() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

std::string sealed_file::path() const {
  return "/proc/self/fd/" + std::to_string(descriptor_);
}

} // namespace obol::internal
