#pragma once

#include "obol/internal/poller.hpp"
#include "obol/internal/resolver.hpp"
#include "obol/internal/transport.hpp"
#include "obol/internal/unanswered_addresses.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace obol::internal {

/// What the sockets of one factory share. Ends with the last of them.
struct socket_services {
  socket_services(transport_settings options, lookup_function lookup,
                  std::shared_ptr<poller> watcher)
    : settings(options), names(std::move(lookup)), events(std::move(watcher)) {
    // nop
  }

  const transport_settings settings;
  unanswered_addresses unanswered;
  resolver names;
  const std::shared_ptr<poller> events;
};

/// A transport on a non-blocking TCP or Unix socket.
///
///          connect               an address answers
///   idle ----------> connecting --------------------> connected
///    |                ^      |                            |
///    |     name found |      | none is left        broken |
///    +-> resolving ---+      +----------> failed <--------+
///    |       | name not found               ^
///    |       +------------------------------+
///    | cannot be tried                      |
///    +--------------------------------------+
///
/// `close` and `reset` lead from every phase to `closed`.
///
/// Not thread-safe: called by its owner only.
class socket_transport final : public transport {
public:
  socket_transport(std::shared_ptr<socket_services> services,
                   notification notify);

  ~socket_transport() override;

  void connect(const endpoint& where) override;

  connect_status poll_connect() override;

  void acknowledge() override;

  io_result send(std::string_view bytes) override;

  io_result receive(char* buffer, std::size_t size) override;

  void close() override;

  void reset() override;

  std::string failure() const override;

private:
  enum class phase { idle, resolving, connecting, connected, failed, closed };

  // -- connecting -------------------------------------------------------------

  void connect_unix(const std::string& path);

  void connect_tcp(const std::string& host, std::uint16_t port);

  /// Tries the addresses in turn until a connect is under way or none is left.
  void try_addresses();

  int start_connect(const socket_address& address);

  /// 0 if connected, EINPROGRESS if not yet, else why not.
  int connect_error() const;

  // -- bytes ------------------------------------------------------------------

  bool want_write(bool wanted);

  // -- transitions ------------------------------------------------------------

  void fail(std::string reason);

  void drop_socket(bool abort);

  void end(bool abort);

  // -- members ----------------------------------------------------------------

  std::shared_ptr<socket_services> services_;
  std::shared_ptr<notification_gate> gate_;
  phase phase_ = phase::idle;

  /// While resolving.
  std::shared_ptr<resolution> resolution_;

  /// While connecting: what there is to try, and how many of it were begun.
  std::vector<socket_address> addresses_;
  std::size_t tried_ = 0;

  /// From connecting to the end.
  std::shared_ptr<watched_socket> socket_;

  /// Whether the poller tells us about room for writing.
  bool wants_write_ = false;

  std::string failure_;
};

/// As `make_socket_transport_factory`, with another way to look names up.
std::shared_ptr<transport_factory>
make_socket_transport_factory(transport_settings settings,
                              lookup_function lookup,
                              std::shared_ptr<poller> events);

} // namespace obol::internal
