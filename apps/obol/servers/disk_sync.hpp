#pragma once

#include "obol/log.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

namespace obol::servers {

/// Makes files safe from a loss of power that others append to.
class file_flusher {
public:
  explicit file_flusher(std::filesystem::path folder);

  /// Flushes the files in the folder that have grown since the last time.
  /// @returns 0, or why one could not be flushed, as `errno` has it; that one
  ///          is tried again next time, which need not bring to the disk what
  ///          failed before
  int flush();

  /// How many files were flushed since the beginning.
  std::uint64_t flushed() const {
    return flushed_;
  }

private:
  int flush_one(const std::filesystem::path& file);

  std::filesystem::path folder_;
  std::map<std::filesystem::path, std::uintmax_t> sizes_;
  std::uint64_t flushed_ = 0;
};

/// Flushes what a server appends to its files, once a second, on a thread of
/// its own: a flush may take long.
///
/// In place of `appendfsync everysec`: while a flush is under way, a server
/// with that holds writes back for up to 2 s, yet confirms them
/// (`flushAppendOnlyFile` in its aof.c), and loses them when it is killed. With
/// `appendfsync no` it always writes first.
class disk_sync {
public:
  static constexpr std::chrono::seconds interval{1};

  disk_sync(std::filesystem::path folder, log_sink log);

  /// Waits for a flush that is under way.
  ~disk_sync();

  disk_sync(const disk_sync&) = delete;
  disk_sync& operator=(const disk_sync&) = delete;

private:
  void run();

  void tell(int error);

  file_flusher files_;
  log_sink log_;
  int last_error_ = 0;
  std::mutex mutex_;
  std::condition_variable closing_;
  /// Holds the mutex.
  bool is_closing_ = false;
  std::thread thread_;
};

} // namespace obol::servers
