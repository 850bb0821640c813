#include "apps/patience.hpp"
#include "servers/disk_sync.hpp"

#include <gmock/gmock.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>

#include "config/scratch_folder.hpp"

using obol::servers::disk_sync;
using obol::servers::file_flusher;
using obol::test::comes_true;
using obol::test::scratch_folder;

namespace {

void append(const std::string& file, const char* text) {
  std::ofstream{file, std::ios::app} << text;
}

} // namespace

TEST(FileFlusherTest, OnlyWhatHasGrownIsFlushed) {
  scratch_folder folder;
  append(folder.path("one"), "a");
  append(folder.path("two"), "b");
  file_flusher files{folder.path("")};
  EXPECT_EQ(files.flush(), 0);
  EXPECT_EQ(files.flushed(), 2u);
  EXPECT_EQ(files.flush(), 0);
  EXPECT_EQ(files.flushed(), 2u);
  append(folder.path("two"), "b");
  EXPECT_EQ(files.flush(), 0);
  EXPECT_EQ(files.flushed(), 3u);
}

TEST(FileFlusherTest, FilesMayComeAndGo) {
  scratch_folder folder;
  file_flusher files{folder.path("")};
  append(folder.path("one"), "a");
  EXPECT_EQ(files.flush(), 0);
  std::filesystem::remove(folder.path("one"));
  EXPECT_EQ(files.flush(), 0);
  append(folder.path("one"), "a");
  EXPECT_EQ(files.flush(), 0);
  EXPECT_EQ(files.flushed(), 2u);
}

TEST(FileFlusherTest, FolderThatIsNotThereYetIsNoFailure) {
  scratch_folder folder;
  file_flusher files{folder.path("later")};
  EXPECT_EQ(files.flush(), 0);
  std::filesystem::create_directory(folder.path("later"));
  append(folder.path("later/one"), "a");
  EXPECT_EQ(files.flush(), 0);
  EXPECT_EQ(files.flushed(), 1u);
}

TEST(FileFlusherTest, WhatIsNoFolderIsAFailure) {
  scratch_folder folder;
  file_flusher files{folder.write("file", "no folder")};
  EXPECT_EQ(files.flush(), ENOTDIR);
}

TEST(DiskSyncTest, ItEndsAtOnce) {
  scratch_folder folder;
  disk_sync flushes{folder.path(""), {}};
}

TEST(DiskSyncTest, EndOfATroubleVouchesForNothingThatWasWrittenBefore) {
  std::mutex mutex;
  std::string told;
  auto sink = [&](obol::log_level, std::string_view, std::string_view what) {
    std::lock_guard guard{mutex};
    told.append(what) += '\n';
  };
  auto is_told = [&](const char* what) {
    std::lock_guard guard{mutex};
    return told.find(what) != std::string::npos;
  };
  // Given files that cannot be flushed
  scratch_folder folder;
  auto place = folder.write("place", "no folder");
  disk_sync flushes{place, sink};
  EXPECT_TRUE(comes_true([&] { return is_told("cannot be flushed"); }));

  // When they can be again
  std::filesystem::remove(place);
  std::filesystem::create_directory(place);

  // Then only what comes from now on is said to be safe.
  EXPECT_TRUE(comes_true([&] {
    return is_told("written from now on")
           && is_told("before may be missing there after a loss of power");
  }));
}
