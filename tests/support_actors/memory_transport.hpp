#pragma once

#include "obol/internal/transport.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace obol::test {

/// Names an established connection: 1 for the first, and so on. Connects that
/// were refused or left hanging have none.
using connection_id = std::size_t;

/// How the client ended a connection.
enum class client_end { none, closed, reset };

struct memory_faults;
struct memory_link;

/// The far side of every connection of a network.
class memory_server {
public:
  virtual ~memory_server() = default;

  virtual void on_open(connection_id id);

  /// Takes bytes as the client's writes happen to cut them.
  /// @returns what to send back; empty = stay silent.
  virtual std::string on_bytes(connection_id id, std::string_view bytes) = 0;

  /// The client has gone and all it had sent before a `close` was read.
  virtual void on_close(connection_id id);
};

/// A network in memory, for one thread, without clock or chance.
///
/// Nothing moves by itself: connects, bytes, ends and the notifications of them
/// happen inside `run_once` and `deliver` only, in rotation over the
/// connections. A test interleaves these with the scheduler of the actors:
/// ~~~
/// while (network->deliver() | (scheduler.run() > 0))
///   ; // until neither has anything left
/// ~~~
/// Faults may be set at any time, also by the server while it handles bytes.
/// They last until taken back.
class memory_network final : public internal::transport_factory {
public:
  explicit memory_network(std::shared_ptr<memory_server> server);

  ~memory_network() override;

  std::unique_ptr<internal::transport>
  make(internal::transport::notification notify) override;

  // -- steps ------------------------------------------------------------------

  /// Lets one thing happen. @returns whether anything did.
  bool run_once();

  /// Lets everything happen. @returns whether anything did.
  bool deliver();

  // -- faults of connecting ---------------------------------------------------

  /// Connects fail with "connection refused".
  void refuse_connects(bool on);

  /// Connects stay pending; they go on when this is taken back.
  void hang_connects(bool on);

  // -- faults of bytes --------------------------------------------------------

  /// The server stops reading, as a hung process does. What was sent waits,
  /// also when the client has closed, and is read when the server goes on.
  void pause_server(bool on);

  /// Answers are made but stay on the way. Letting go lets all of them through.
  void hold_replies(bool on);

  /// Lets so many more bytes through while replies are held.
  void release_bytes(connection_id id, std::size_t count);

  /// Replies arrive in pieces of at most so many bytes, each with its own
  /// notification, once the last was read. 0 = whole.
  void split_replies(std::size_t bytes);

  /// How many bytes `send` takes before the server has read some. 0 = any.
  void limit_send(std::size_t bytes);

  /// The server sends without being asked.
  void push(connection_id id, std::string_view bytes);

  enum class ending {
    /// End of stream, behind the replies that are not held.
    closed,
    /// Connection reset. Replies that have not been read are lost.
    broken,
  };

  /// The server ends a connection: what it has not read by now it never reads.
  /// The client learns of it at the next step; until then `send` succeeds.
  void drop(connection_id id, ending how);

  void drop_all(ending how);

  // -- records ----------------------------------------------------------------

  /// Calls of `connect`, whatever came of them.
  std::size_t connects() const;

  /// Connections established so far.
  std::size_t opened() const;

  /// Connections that neither side has ended.
  std::vector<connection_id> open() const;

  /// Calls of `send`, over all connections.
  std::size_t send_calls() const;

  std::size_t send_calls(connection_id id) const;

  /// All bytes `send` took.
  std::string sent(connection_id id) const;

  /// How the client ended the connection.
  client_end ended_by_client(connection_id id) const;

  endpoint endpoint_of(connection_id id) const;

private:
  memory_link& at(connection_id id) const;

  bool step(const std::shared_ptr<memory_link>& x);
  bool step_connect(const std::shared_ptr<memory_link>& x);
  bool step_server(memory_link& x);
  bool step_client(memory_link& x);

  std::shared_ptr<memory_server> server_;

  // Shared with the streams, which may outlive the network.
  std::shared_ptr<memory_faults> faults_;

  // What may still have something to do, and whose turn it is.
  std::vector<std::shared_ptr<memory_link>> active_;
  std::size_t turn_ = 0;

  // By connection_id - 1.
  std::vector<std::shared_ptr<memory_link>> established_;
};

} // namespace obol::test
