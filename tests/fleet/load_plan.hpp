#pragma once

#include "obol/messages.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace obol::test {

/// What all client processes of one run agree on, and which of them this is.
struct load_plan {
  using clock = std::chrono::steady_clock;

  /// From which all moments count; the same clock runs in every process.
  clock::time_point begin;

  /// The calendar at that instant.
  unix_seconds begin_seconds = 0;

  /// The load ends when there is this file, and after so long in any case.
  std::filesystem::path end_mark;
  std::chrono::seconds limit{600};

  /// Which of the processes this is, from 0, and how many there are.
  std::uint32_t process = 0;
  std::uint32_t processes = 1;

  /// Users whose sessions all processes share, and the number of the first.
  std::uint32_t users = 6;
  std::int64_t first_user = 1;

  /// For how long one session of a user is worked on; then comes the next, so
  /// that what was removed is never begun again.
  std::chrono::milliseconds turn{1'000};

  /// Sessions expire so long after their turn has begun.
  std::chrono::seconds lifetime{24 * 3'600};

  /// Between two calls of one thread.
  std::chrono::milliseconds pause{2};

  /// For a whole call.
  std::chrono::milliseconds deadline{2'000};

  /// All of it, as words NAME=VALUE of a command line.
  std::vector<std::string> words() const;

  /// Takes such a word. @returns whether it is one
  bool take(const std::string& word);
};

/// Threads of each process.
inline constexpr std::uint32_t threads_per_process = 3;

} // namespace obol::test
