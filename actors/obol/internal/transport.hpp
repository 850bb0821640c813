#pragma once

#include "obol/endpoint.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace obol::internal {

/// What a transport call achieved.
enum class io_status {
  /// At least one byte moved.
  ok,
  /// Nothing now; a notification follows when there is.
  would_block,
  /// The peer closed in an orderly way (receiving only).
  closed,
  /// Broken for good; `transport::failure` says why.
  failed,
};

struct io_result {
  io_status status;
  std::size_t bytes = 0;
};

enum class connect_status { pending, connected, failed };

/// A byte stream to one server, the first of the three seams (with `clock` and
/// `random_source`): sockets in production, memory in simulation.
///
/// Owned and called by one connection actor only. The notification it was made
/// with may run on any thread, also on the owner's in the middle of a call, and
/// says "call me again": after it ran once it stays silent until `acknowledge`,
/// so that at most one is under way. It should only post a message; above all
/// it must not wait for the owner. It is never run again once `close` or
/// `reset` has returned. A notification may find that nothing is there.
class transport {
public:
  using notification = std::function<void()>;

  /// Resets what is still open.
  virtual ~transport() = default;

  /// Starts to resolve and connect; may be called once. However it goes on, and
  /// if it fails at once, a notification says when to call `poll_connect`.
  virtual void connect(const endpoint& where) = 0;

  /// How far `connect` has come. Takes the next step, so call it at each
  /// notification until it is no longer pending.
  virtual connect_status poll_connect() = 0;

  /// Lets the next event notify. Call first thing when a notification arrives,
  /// before looking for what happened, so that no event falls in between.
  virtual void acknowledge() = 0;

  /// Hands bytes to the stream; `bytes` says how many it took. When it took
  /// fewer than given, none included, a notification follows when there is
  /// room.
  virtual io_result send(std::string_view bytes) = 0;

  /// Reads what is there, at most `size` bytes. Events are edges: read until
  /// the result is short or not `ok`. When the peer has closed behind the bytes
  /// of a short read, one more notification follows.
  virtual io_result receive(char* buffer, std::size_t size) = 0;

  /// Closes in an orderly way: what was handed to `send` still goes out.
  virtual void close() = 0;

  /// Throws away what was not yet sent and closes (RST), so that nothing sent
  /// can reach the server later from our side.
  virtual void reset() = 0;

  /// Why the transport failed, in words without addresses or secrets.
  virtual std::string failure() const = 0;
};

/// Keeps a connected socket honest; see the options of the same names.
struct transport_settings {
  std::chrono::seconds tcp_user_timeout{10};
  std::chrono::seconds keepalive_idle{30};
  std::chrono::seconds keepalive_interval{10};
  int keepalive_count = 3;
};

/// Makes transports. Shared by the connections of one store.
class transport_factory {
public:
  virtual ~transport_factory() = default;

  /// A transport that runs `notify` when there is something to do.
  virtual std::unique_ptr<transport> make(transport::notification notify) = 0;
};

class poller;

/// Real sockets, watched by this poller; if there is none, by one thread that
/// ends with the factory.
std::shared_ptr<transport_factory>
make_socket_transport_factory(transport_settings settings,
                              std::shared_ptr<poller> events);

} // namespace obol::internal
