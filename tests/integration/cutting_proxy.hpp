#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support_actors/socket_peer.hpp"

namespace obol::test {

/// A command with its arguments.
using request_words = std::vector<std::string>;

/// Where a proxy ends a connection.
enum class cut {
  /// The server never sees the request.
  before_request,
  /// The server has answered; nothing of the answer gets through.
  before_reply,
  /// Half of the answer gets through.
  inside_reply,
  /// Nothing of the answer gets through and the connection stays open.
  silence,
};

/// Sits between a store and a server, passes bytes on in both directions, and
/// ends connections at requests it is told to. Runs on a thread of its own.
class cutting_proxy {
public:
  explicit cutting_proxy(std::string server_socket);
  ~cutting_proxy();

  std::string socket_path() const;

  /// Cuts at the next `times` requests one of whose first two words ends in
  /// `name`, like `HGET` or `_upsert`.
  void cut_at(std::string name, cut where, int times = 1);

  /// Lets everything pass from now on.
  void heal();

  /// The requests like those of `cut_at`, so far.
  std::vector<request_words> requests(std::string_view name) const;

  /// How many connections were cut, or silenced.
  int cuts() const;

private:
  struct rule {
    std::string name;
    cut where;
    int times;
  };

  struct link {
    unique_fd client;
    unique_fd server;
    /// What came and is not whole yet.
    std::string from_client;
    std::string from_server;
    /// What is to happen to the replies that are due, oldest first.
    std::deque<std::optional<cut>> due;
    bool silent = false;
  };

  void run();
  void accept_one();

  // False when the link is over.
  bool on_client(link& x);
  bool on_server(link& x);
  bool pass_request(link& x, std::string_view bytes, request_words words);
  bool pass_reply(link& x, std::string_view bytes);

  /// Writes the request down; the cut for it, if any, is used up.
  std::optional<cut> note(request_words words);
  void count_cut();

  std::string server_socket_;
  temporary_directory directory_;
  unique_fd listener_;
  unique_fd wake_up_;
  std::vector<std::unique_ptr<link>> links_;

  mutable std::mutex mutex_;
  std::deque<rule> rules_;
  std::vector<request_words> requests_;
  int cuts_ = 0;

  std::thread thread_;
};

} // namespace obol::test
