#include "servers/disk_sync.hpp"

#include <gmock/gmock.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "config/scratch_folder.hpp"

using obol::servers::disk_sync;
using obol::servers::file_flusher;
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
