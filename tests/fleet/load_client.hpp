#pragma once

#include "obol/facade.hpp"
#include "obol/testing/history.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "fleet/written_operation.hpp"

namespace obol::test {

/// What all client processes of one run agree on.
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

  /// Users whose sessions all processes share.
  std::uint32_t users = 6;

  /// For how long one session of a user is worked on; then comes the next, so
  /// that what was removed is never begun again.
  std::chrono::milliseconds turn{1'000};

  /// Between two calls of one thread.
  std::chrono::milliseconds pause{2};

  /// For a whole call.
  std::chrono::milliseconds deadline{2'000};
};

/// One thread of a client: reads, refreshes, lists and removes the sessions of
/// shared users, and writes down what it is told. Each session has one thread
/// that begins it, so that a login is never sent twice.
class load_client {
public:
  load_client(facade& store, const load_plan& plan, std::uint32_t thread);

  /// Until the load ends.
  void run();

  const std::vector<written_operation>& written() const {
    return written_;
  }

private:
  using kind = enum testing::operation::kind;

  /// The session of a user in the turn that now is.
  struct place {
    std::int64_t user;
    std::int64_t turn;
    session_key key;
  };

  bool goes_on() const;
  place choose();
  void log_in(const place& where);
  void refresh(const place& where);
  std::optional<session> get(const place& where);
  void store(const place& where, session x);
  void remove(const place& where);
  void list(const place& where);

  std::size_t begin(kind what, const place& where, bool names_session);
  void end(std::size_t at, const caf::error& why);
  void see(std::size_t at, const session& x);

  testing::moment now();
  testing::moment calendar(unix_seconds x) const;

  facade& store_;
  load_plan plan_;
  std::uint32_t thread_;
  std::uint32_t next_number_;
  std::minstd_rand random_;
  testing::unique_moments moments_;
  std::vector<written_operation> written_;
  std::vector<std::int64_t> begun_turns_;
};

/// Threads of each process.
inline constexpr std::uint32_t threads_per_process = 3;

} // namespace obol::test
