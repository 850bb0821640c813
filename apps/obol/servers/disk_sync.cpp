#include "servers/disk_sync.hpp"

#include "obol/internal/service_thread.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace obol::servers {

// -- files --------------------------------------------------------------------

file_flusher::file_flusher(std::filesystem::path folder)
  : folder_(std::move(folder)) {
}

int file_flusher::flush() {
  std::error_code trouble;
  std::map<std::filesystem::path, std::uintmax_t> sizes;
  int result = 0;
  for (std::filesystem::directory_iterator i{folder_, trouble}, end;
       !trouble && i != end; i.increment(trouble)) {
    std::error_code gone;
    auto size = i->file_size(gone);
    // The server removes those it has written anew.
    if (gone)
      continue;
    auto before = sizes_.find(i->path());
    if (before == sizes_.end() || before->second != size) {
      if (auto error = flush_one(i->path()); error != 0) {
        result = error;
        continue;
      }
    }
    sizes.emplace(i->path(), size);
  }
  sizes_ = std::move(sizes);
  // There is no folder before the server has begun.
  if (trouble && trouble != std::errc::no_such_file_or_directory)
    result = trouble.value();
  return result;
}

int file_flusher::flush_one(const std::filesystem::path& file) {
  auto fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOENT ? 0 : errno;
  auto error = ::fdatasync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (error == 0)
    ++flushed_;
  return error;
}

// -- thread -------------------------------------------------------------------

disk_sync::disk_sync(std::filesystem::path folder, log_sink log)
  : files_(std::move(folder)), log_(std::move(log)),
    thread_(
      obol::internal::start_service_thread("obol.disk", [this] { run(); })) {
}

disk_sync::~disk_sync() {
  {
    std::lock_guard guard{mutex_};
    is_closing_ = true;
  }
  closing_.notify_one();
  thread_.join();
}

void disk_sync::run() {
  std::unique_lock guard{mutex_};
  while (!closing_.wait_for(guard, interval, [this] { return is_closing_; })) {
    guard.unlock();
    tell(files_.flush());
    guard.lock();
  }
}

void disk_sync::tell(int error) {
  if (error == std::exchange(last_error_, error) || !log_)
    return;
  // Linux gives up what it could not write, and flushes what comes later.
  if (error == 0)
    log_(log_level::warning, "obol.disk",
         "sessions that are written from now on are flushed to the disk again; "
         "those written before may be missing there after a loss of power");
  else
    log_(log_level::error, "obol.disk",
         "sessions cannot be flushed to the disk, and would not survive a loss "
         "of power: "
           + std::generic_category().message(error));
}

} // namespace obol::servers
