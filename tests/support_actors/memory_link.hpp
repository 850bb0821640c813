#pragma once

#include "obol/internal/transport.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "support_actors/memory_transport.hpp"

namespace obol::test {

/// The faults that are set, for all connections of a network.
struct memory_faults {
  bool refuse = false;
  bool hang = false;
  bool pause = false;
  bool hold = false;
  std::size_t split = 0;
  std::size_t send_limit = 0;
  std::size_t connects = 0;
};

/// The state of one connection, in the middle between its two ends.
struct memory_link {
  enum class phase { idle, connecting, connected, failed };

  // -- the client's side ------------------------------------------------------

  internal::transport::notification notify;
  endpoint where;
  memory_link::phase phase = memory_link::phase::idle;
  std::string failure;

  /// A notification is under way.
  bool raised = false;

  /// Something remains to be told although no step makes it.
  bool wake = false;

  /// `send` could not take everything.
  bool blocked = false;

  /// Arrived, not yet received.
  std::string arrived;
  bool arrived_end = false;
  client_end end = client_end::none;

  // -- on the way -------------------------------------------------------------

  std::string to_server;
  std::string to_client;

  /// Bytes of `to_client` that pass although replies are held.
  std::size_t released = 0;

  // -- the server's side ------------------------------------------------------

  connection_id id = 0;
  bool server_open = false;
  bool server_told_of_end = false;

  /// An end the server made and the client has not seen.
  bool closing = false;
  bool breaking = false;

  // -- records ----------------------------------------------------------------

  std::string sent;
  std::size_t send_calls = 0;

  bool client_gone() const {
    return end != client_end::none;
  }

  void signal() {
    if (client_gone() || raised)
      return;
    raised = true;
    // A copy: the notification may close the connection it belongs to.
    auto run = notify;
    run();
  }

  void fail(std::string reason) {
    phase = memory_link::phase::failed;
    failure = std::move(reason);
    arrived.clear();
    signal();
  }
};

/// The client's end of a link.
class memory_stream final : public internal::transport {
public:
  memory_stream(std::shared_ptr<memory_link> link,
                std::shared_ptr<memory_faults> faults);

  ~memory_stream() override;

  void connect(const endpoint& where) override;

  internal::connect_status poll_connect() override;

  void acknowledge() override;

  internal::io_result send(std::string_view bytes) override;

  internal::io_result receive(char* buffer, std::size_t size) override;

  void close() override;

  void reset() override;

  std::string failure() const override;

private:
  bool usable() const;

  std::size_t room() const;

  void finish(client_end how);

  std::shared_ptr<memory_link> link_;
  std::shared_ptr<memory_faults> faults_;
};

} // namespace obol::test
