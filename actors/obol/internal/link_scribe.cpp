#include "obol/internal/link_scribe.hpp"

#include "obol/internal/keep_honest.hpp"
#include "obol/internal/link_session.hpp"
#include "obol/internal/plain_session.hpp"
#include "obol/internal/tls_session.hpp"

#include <caf/io/abstract_broker.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <caf/io/network/stream_impl.hpp>

#include <unistd.h>
#include <utility>

namespace obol::internal {

namespace {

namespace network = caf::io::network;

class link_scribe;

using session_ptr = std::unique_ptr<link_session>;

/// What has come is taken in pieces of so many bytes: frames are small and
/// many, and CAF reads each in two steps.
constexpr std::size_t buffer_bytes = 64 * 1024;

/// How a stream reads and writes.
class link_policy {
public:
  link_policy(link_scribe& owner, session_ptr session)
    : owner_(owner), session_(std::move(session)), buffer_(buffer_bytes) {
  }

  network::rw_state read_some(std::size_t& count, network::native_socket,
                              void* buffer, std::size_t size);

  network::rw_state write_some(std::size_t& count, network::native_socket,
                               const void* buffer, std::size_t size) {
    return session_->write(count, buffer, size);
  }

  bool must_read_more(network::native_socket, std::size_t) const {
    return begin_ < end_ || session_->holds_more();
  }

private:
  network::rw_state fill();

  link_scribe& owner_;
  session_ptr session_;

  /// What has come and was not read yet is from `begin_` to `end_`.
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// CAF's own scribe with another policy. What is to be sent waits until the
/// session is open.
class link_scribe final : public caf::io::scribe {
public:
  link_scribe(network::default_multiplexer& events,
              network::native_socket socket, session_ptr session, bool is_open)
    : caf::io::scribe(network::conn_hdl_from_socket(socket)), open_(is_open),
      stream_(events, socket, *this, std::move(session)) {
    // A peer that is gone without a word would keep its place for good.
    keep_honest(socket, {});
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

  /// Something can be written from here on.
  void on_open() {
    if (!std::exchange(open_, true))
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
  bool open_;
  network::stream_impl<link_policy> stream_;
};

network::rw_state link_policy::read_some(std::size_t& count,
                                         network::native_socket, void* buffer,
                                         std::size_t size) {
  count = 0;
  if (size == 0)
    return network::rw_state::indeterminate;
  if (begin_ == end_)
    if (auto state = fill(); state != network::rw_state::success)
      return state;
  count = std::min(size, end_ - begin_);
  std::memcpy(buffer, buffer_.data() + begin_, count);
  begin_ += count;
  return network::rw_state::success;
}

network::rw_state link_policy::fill() {
  begin_ = end_ = 0;
  auto result = session_->read(end_, buffer_.data(), buffer_.size());
  if (result == network::rw_state::success && session_->is_open())
    owner_.on_open();
  return result;
}

caf::intrusive_ptr<link_scribe> make_plain(network::default_multiplexer& events,
                                           network::native_socket socket) {
  return caf::make_counted<link_scribe>(
    events, socket, std::make_unique<plain_session>(socket), true);
}

/// Null, with the socket closed, if there is no handle.
caf::intrusive_ptr<link_scribe>
make_encrypted(network::default_multiplexer& events,
               network::native_socket socket, SSL* handle) {
  if (handle == nullptr) {
    ::close(socket);
    return nullptr;
  }
  return caf::make_counted<link_scribe>(
    events, socket, std::make_unique<tls_session>(handle), false);
}

class link_doorman final : public network::doorman_impl {
public:
  link_doorman(network::default_multiplexer& events,
               network::native_socket socket,
               std::shared_ptr<const node_identity> identity)
    : network::doorman_impl(events, socket), identity_(std::move(identity)) {
  }

  bool new_connection() override {
    if (detached())
      return false;
    auto& events = acceptor_.backend();
    auto socket = acceptor_.accepted_socket();
    auto made = identity_
                  ? make_encrypted(events, socket, identity_->accept(socket))
                  : make_plain(events, socket);
    // False would close the door.
    if (!made)
      return true;
    auto hdl = made->hdl();
    parent()->add_scribe(std::move(made));
    return doorman::new_connection(&events, hdl);
  }

private:
  /// Empty for no encryption.
  std::shared_ptr<const node_identity> identity_;
};

} // namespace

caf::io::scribe_ptr make_link_scribe(network::default_multiplexer& events,
                                     network::native_socket socket,
                                     const node_identity* identity,
                                     const std::string& host) {
  network::nonblocking(socket, true);
  if (!identity)
    return make_plain(events, socket);
  auto* handle = identity->connect(socket, host);
  // Who connects speaks first. What that comes to is seen when it is read.
  if (handle != nullptr)
    tls_session::begin(handle);
  return make_encrypted(events, socket, handle);
}

caf::io::doorman_ptr
make_link_doorman(network::default_multiplexer& events,
                  network::native_socket socket,
                  std::shared_ptr<const node_identity> identity) {
  return caf::make_counted<link_doorman>(events, socket, std::move(identity));
}

} // namespace obol::internal
