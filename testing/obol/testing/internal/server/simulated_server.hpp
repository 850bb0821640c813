#pragma once

#include "obol/testing/internal/server/database.hpp"
#include "obol/testing/internal/server/function_libraries.hpp"
#include "obol/testing/internal/server/server_kind.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace obol::testing::internal {

/// States in which a server refuses what it otherwise does.
struct server_conditions {
  /// It reads its data set from disk.
  bool loading = false;
  /// A script of somebody else runs for long.
  bool busy = false;
  /// It is a replica.
  bool read_only = false;
  /// Its memory is full, and its policy evicts nothing.
  bool out_of_memory = false;
  /// It could not save to disk.
  bool cannot_persist = false;
};

/// A client as the server knows it.
struct server_session {
  std::int64_t id = 0;
  bool authenticated = true;
  std::string client_name;
  /// The database that SELECT chose.
  std::size_t database = 0;
  /// Close the connection after this reply.
  bool close = false;
};

struct server_counters {
  /// Commands that came in, those it refused among them.
  std::uint64_t commands = 0;
  /// Commands and function calls that changed data or libraries.
  std::uint64_t writes = 0;
  /// Libraries loaded by FUNCTION LOAD.
  std::uint64_t function_loads = 0;
  /// Calls of a function whose name ends in `_upsert` or `_upsert_charon` that
  /// answered OK.
  std::uint64_t upserts_applied = 0;
};

/// A model of Redis 7, Redis 8 or Valkey 9: takes commands and answers the
/// bytes (RESP2) that the real one would, without network, disk or clock.
/// Data and functions are plain values, so that a fault can copy, drop or put
/// back either.
class simulated_server {
public:
  /// @param unix_us tells the server's time in Unix microseconds
  simulated_server(server_kind kind, std::function<std::int64_t()> unix_us);

  /// What a server with too many clients says to one more, and then closes.
  static constexpr std::string_view too_many_clients
    = "-ERR max number of clients reached\r\n";

  /// What a new connection begins with.
  server_session open_session();

  /// Runs a command and answers the bytes of its reply.
  std::string execute(server_session& who,
                      const std::vector<std::string>& request);

  /// The same for words that lie elsewhere; appends to `reply`.
  /// @pre `request` is not empty
  void execute(server_session& who, std::span<const std::string_view> request,
               std::string& reply);

  server_kind kind() const {
    return kind_;
  }

  server_conditions conditions;
  /// The password of the default user, empty for none. Sessions opened before
  /// it was set stay what they are.
  std::string password;
  dataset data;
  function_libraries functions;
  server_counters counters;

private:
  server_kind kind_;
  std::function<std::int64_t()> unix_us_;
  std::int64_t last_session_id_ = 0;
};

} // namespace obol::testing::internal
