#pragma once

#include "obol/facade.hpp"
#include "obol/testing/history.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "fleet/load_plan.hpp"
#include "fleet/operation_log.hpp"
#include "fleet/written_operation.hpp"

namespace obol::test {

/// One thread of a client: reads, refreshes, lists and removes the sessions of
/// shared users, and writes down what it is told, as it is told. Each session
/// has one thread that begins it, so that a login is never sent twice.
class load_client {
public:
  load_client(facade& store, const load_plan& plan, std::uint32_t thread,
              operation_log& written);

  /// Until the load ends.
  void run();

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

  written_operation begin(kind what, const place& where, bool names_session);
  void end(written_operation& x, const caf::error& why);
  void see(written_operation& x, const session& what) const;

  testing::moment now();
  testing::moment calendar(unix_seconds x) const;

  facade& store_;
  load_plan plan_;
  std::uint32_t thread_;
  std::uint32_t next_number_;
  std::minstd_rand random_;
  testing::unique_moments moments_;
  operation_log& written_;
  std::vector<std::int64_t> begun_turns_;
};

} // namespace obol::test
