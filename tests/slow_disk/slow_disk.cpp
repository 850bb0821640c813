#include <sys/syscall.h>

#include <chrono>
#include <thread>
#include <unistd.h>

// Preloaded into a server: a disk whose flushes take long.

namespace {

constexpr std::chrono::milliseconds flush_time{1'500};

} // namespace

extern "C" int fdatasync(int fd) {
  std::this_thread::sleep_for(flush_time);
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

extern "C" int fsync(int fd) {
  return static_cast<int>(::syscall(SYS_fsync, fd));
}
