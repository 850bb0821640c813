#include "obol/internal/tls_scribe.hpp"

#include <caf/io/abstract_broker.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <caf/io/network/stream_impl.hpp>

#include <unistd.h>

#include <utility>

namespace obol::internal {

namespace {

namespace network = caf::io::network;

class tls_scribe;

/// How a stream reads and writes.
class tls_policy {
public:
  tls_policy(tls_scribe& owner, SSL* handle) : owner_(owner), session_(handle) {
  }

  network::rw_state read_some(std::size_t& count, network::native_socket,
                              void* buffer, std::size_t size);

  network::rw_state write_some(std::size_t& count, network::native_socket,
                               const void* buffer, std::size_t size) {
    return session_.write(count, buffer, size);
  }

  bool must_read_more(network::native_socket, std::size_t count) const {
    return session_.holds(count);
  }

private:
  tls_scribe& owner_;
  tls_session session_;
};

/// CAF's own scribe with another policy. What is to be sent waits for the
/// handshake.
class tls_scribe final : public caf::io::scribe {
public:
  tls_scribe(network::default_multiplexer& events,
             network::native_socket socket, SSL* handle)
    : caf::io::scribe(network::conn_hdl_from_socket(socket)),
      stream_(events, socket, *this, handle) {
  }

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (!std::exchange(launched_, true))
      stream_.start(this);
  }

  void ack_writes(bool enable) override {
    stream_.ack_writes(enable);
  }

  std::vector<char>& wr_buf() override {
    return stream_.wr_buf();
  }

  std::vector<char>& rd_buf() override {
    return stream_.rd_buf();
  }

  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }

  void flush() override {
    // A socket that cannot be written to yet must not be waited for: it is
    // ready all the time.
    if (open_)
      stream_.flush(this);
  }

  void on_open() {
    open_ = true;
    stream_.flush(this);
  }

  std::string addr() const override {
    auto result = network::remote_addr_of_fd(stream_.fd());
    return result ? *result : std::string{};
  }

  std::uint16_t port() const override {
    auto result = network::remote_port_of_fd(stream_.fd());
    return result ? *result : std::uint16_t{0};
  }

  void add_to_loop() override {
    stream_.activate(this);
  }

  void remove_from_loop() override {
    stream_.passivate();
  }

private:
  bool launched_ = false;
  bool open_ = false;
  network::stream_impl<tls_policy> stream_;
};

network::rw_state tls_policy::read_some(std::size_t& count,
                                        network::native_socket, void* buffer,
                                        std::size_t size) {
  return session_.read(count, buffer, size, [this] { owner_.on_open(); });
}

class tls_doorman final : public network::doorman_impl {
public:
  tls_doorman(network::default_multiplexer& events,
              network::native_socket socket,
              std::shared_ptr<const node_identity> identity)
    : network::doorman_impl(events, socket), identity_(std::move(identity)) {
  }

  bool new_connection() override {
    if (detached())
      return false;
    auto& events = acceptor_.backend();
    auto socket = acceptor_.accepted_socket();
    auto* handle = identity_->accept(socket);
    if (handle == nullptr) {
      ::close(socket);
      // False would close the door.
      return true;
    }
    auto made = caf::make_counted<tls_scribe>(events, socket, handle);
    auto hdl = made->hdl();
    parent()->add_scribe(std::move(made));
    return doorman::new_connection(&events, hdl);
  }

private:
  std::shared_ptr<const node_identity> identity_;
};

} // namespace

caf::io::scribe_ptr make_tls_scribe(network::default_multiplexer& events,
                                    network::native_socket socket,
                                    const node_identity& identity,
                                    const std::string& host) {
  auto* handle = identity.connect(socket, host);
  if (handle == nullptr) {
    ::close(socket);
    return nullptr;
  }
  // Who connects speaks first. What that comes to is seen when it is read.
  network::nonblocking(socket, true);
  tls_session::begin(handle);
  return caf::make_counted<tls_scribe>(events, socket, handle);
}

caf::io::doorman_ptr
make_tls_doorman(network::default_multiplexer& events,
                 network::native_socket socket,
                 std::shared_ptr<const node_identity> identity) {
  return caf::make_counted<tls_doorman>(events, socket, std::move(identity));
}

} // namespace obol::internal
