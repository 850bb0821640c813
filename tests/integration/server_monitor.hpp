#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/server.hpp"
#include "support_actors/socket_peer.hpp"

namespace obol::test {

/// Sees every command that a server gets from clients, but not those that its
/// functions call.
class server_monitor {
public:
  explicit server_monitor(server& target);

  /// The names of the commands since the last call, without those of
  /// `server::command`: the first word in capitals.
  std::vector<std::string> take();

private:
  std::string read_line();

  server& target_;
  unique_fd socket_;
  std::string unread_;
  int marks_ = 0;
};

} // namespace obol::test
