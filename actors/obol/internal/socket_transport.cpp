#include "obol/internal/socket_transport.hpp"

#include "obol/internal/keep_honest.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <optional>
#include <unistd.h>
#include <utility>

namespace obol::internal {

namespace {

// The kernel's own texts carry no secrets either; these are shorter, the same
// everywhere, and say what the number means for a connection.
std::string describe(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "connection refused";
    case ECONNRESET:
      return "connection reset by the server";
    case EPIPE:
      return "connection closed by the server";
    case ETIMEDOUT:
      return "connection timed out";
    case ENOENT:
      return "socket file does not exist";
    case EACCES:
    case EPERM:
      return "permission denied";
    case EAGAIN:
      return "server accepts no further connection now";
    case EHOSTUNREACH:
      return "no route to the host";
    case ENETUNREACH:
      return "network is unreachable";
    case EADDRNOTAVAIL:
      return "no local address or port is free";
    case EAFNOSUPPORT:
      return "address family is not supported";
    case EMFILE:
    case ENFILE:
      return "too many open files";
    case ENOMEM:
    case ENOBUFS:
      return "out of memory for sockets";
    default:
      return "system error " + std::to_string(error);
  }
}

const sockaddr* as_sockaddr(const socket_address& address) {
  return reinterpret_cast<const sockaddr*>(&address.storage);
}

std::optional<socket_address> unix_address(const std::string& path) {
  sockaddr_un address{};
  // Not one byte less than fits with the final NUL: a cut-off path would be
  // another socket's.
  if (path.empty() || path.size() >= sizeof(address.sun_path)
      || path.find('\0') != std::string::npos)
    return std::nullopt;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  socket_address result;
  std::memcpy(&result.storage, &address, sizeof(address));
  result.size = sizeof(address);
  return result;
}

// A connect to a free port of the ephemeral range may meet itself (RFC 9293,
// simultaneous open). It would then occupy the port the server wants to have.
bool connected_to_itself(int fd, const socket_address& peer) {
  socket_address own;
  own.size = sizeof(own.storage);
  auto* out = reinterpret_cast<sockaddr*>(&own.storage);
  return peer.storage.ss_family != AF_UNIX
         && getsockname(fd, out, &own.size) == 0 && own == peer;
}

template <class Call>
ssize_t uninterrupted(Call call) {
  for (;;) {
    auto result = call();
    if (result >= 0 || errno != EINTR)
      return result;
  }
}

bool blocked(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

} // namespace

socket_transport::socket_transport(std::shared_ptr<socket_services> services,
                                   notification notify)
  : services_(std::move(services)),
    gate_(std::make_shared<notification_gate>(std::move(notify))) {
  // nop
}

socket_transport::~socket_transport() {
  reset();
}

// -- connecting ---------------------------------------------------------------

void socket_transport::connect(const endpoint& where) {
  assert(phase_ == phase::idle);
  if (where.tls)
    fail("TLS is not supported yet");
  else if (where.kind == endpoint::kind::unix_socket)
    connect_unix(where.path);
  else
    connect_tcp(where.host, where.port);
  // There is no event of a socket that tells this.
  if (phase_ == phase::failed)
    gate_->signal();
}

void socket_transport::connect_unix(const std::string& path) {
  if (auto address = unix_address(path)) {
    addresses_ = {*address};
    try_addresses();
  } else {
    fail("socket path is empty, too long or not valid");
  }
}

void socket_transport::connect_tcp(const std::string& host,
                                   std::uint16_t port) {
  if (auto address = numeric_address(host, port)) {
    addresses_ = {*address};
    try_addresses();
  } else {
    phase_ = phase::resolving;
    resolution_ = std::make_shared<resolution>(gate_);
    services_->names.look_up(host, port, resolution_);
  }
}

void socket_transport::try_addresses() {
  while (tried_ < addresses_.size()) {
    auto error = start_connect(addresses_[tried_++]);
    if (error == 0) {
      phase_ = phase::connecting;
      return;
    }
    drop_socket(true);
    failure_ = describe(error);
  }
  fail(failure_.empty() ? "host not found" : std::move(failure_));
}

int socket_transport::start_connect(const socket_address& address) {
  auto family = address.storage.ss_family;
  auto fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return errno;
  socket_ = std::make_shared<watched_socket>(fd, gate_);
  if (family != AF_UNIX)
    keep_honest(fd, services_->settings);
  // EINTR leaves the connect under way, like EINPROGRESS. EAGAIN does not: on a
  // Unix socket it means that the backlog is full, and no event will follow.
  if (::connect(fd, as_sockaddr(address), address.size) < 0
      && errno != EINPROGRESS && errno != EINTR)
    return errno;
  // Only now: a socket that was never connected reports a hang-up. Whatever
  // has happened since the connect makes an event when watching starts.
  wants_write_ = true;
  return services_->events->watch(socket_);
}

connect_status socket_transport::poll_connect() {
  if (phase_ == phase::resolving) {
    auto found = resolution_->take();
    if (!found)
      return connect_status::pending;
    resolution_.reset();
    addresses_ = std::move(found->addresses);
    failure_ = std::move(found->failure);
    services_->unanswered.move_to_end(addresses_);
    try_addresses();
  }
  while (phase_ == phase::connecting) {
    auto error = connect_error();
    if (error == EINPROGRESS)
      return connect_status::pending;
    if (error == 0) {
      services_->unanswered.remove(addresses_[tried_ - 1]);
      phase_ = phase::connected;
      // Also makes an event of what came while we were connecting.
      want_write(false);
    } else {
      drop_socket(true);
      failure_ = describe(error);
      try_addresses();
    }
  }
  if (phase_ == phase::idle)
    return connect_status::pending;
  return phase_ == phase::connected ? connect_status::connected
                                    : connect_status::failed;
}

int socket_transport::connect_error() const {
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(socket_->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
    return errno;
  if (error != 0)
    return error;
  // No error is not yet a connection. If one breaks from here on, the socket
  // makes another event.
  socket_address peer;
  peer.size = sizeof(peer.storage);
  auto* out = reinterpret_cast<sockaddr*>(&peer.storage);
  if (getpeername(socket_->fd, out, &peer.size) < 0)
    return errno == ENOTCONN ? EINPROGRESS : errno;
  return connected_to_itself(socket_->fd, peer) ? ECONNREFUSED : 0;
}

// -- bytes --------------------------------------------------------------------

void socket_transport::acknowledge() {
  gate_->acknowledge();
}

io_result socket_transport::send(std::string_view bytes) {
  if (phase_ != phase::connected)
    return {io_status::failed};
  auto count = uninterrupted([&] {
    return ::send(socket_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  });
  if (count < 0 && !blocked(errno)) {
    fail(describe(errno));
    return {io_status::failed};
  }
  auto taken = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  auto full = taken < bytes.size();
  if (full != wants_write_ && !want_write(full))
    return {io_status::failed};
  return {taken == 0 && full ? io_status::would_block : io_status::ok, taken};
}

io_result socket_transport::receive(char* buffer, std::size_t size) {
  if (phase_ != phase::connected)
    return {io_status::failed};
  if (size == 0)
    return {io_status::ok};
  auto count
    = uninterrupted([&] { return ::recv(socket_->fd, buffer, size, 0); });
  if (count == 0)
    return {io_status::closed};
  if (count < 0) {
    if (blocked(errno))
      return {io_status::would_block};
    fail(describe(errno));
    return {io_status::failed};
  }
  auto taken = static_cast<std::size_t>(count);
  // The owner stops at a short read, but the end of the stream may lie right
  // behind it, and its edge is spent. If hung_up is set later than this, its
  // signal comes later than the acknowledge and notifies by itself.
  if (taken < size && socket_->hung_up.load(std::memory_order_acquire))
    gate_->signal();
  return {io_status::ok, taken};
}

bool socket_transport::want_write(bool wanted) {
  if (auto error = services_->events->want_write(*socket_, wanted)) {
    fail(describe(error));
    return false;
  }
  wants_write_ = wanted;
  return true;
}

// -- ends ---------------------------------------------------------------------

void socket_transport::close() {
  end(false);
}

void socket_transport::reset() {
  end(true);
}

std::string socket_transport::failure() const {
  return failure_;
}

void socket_transport::fail(std::string reason) {
  phase_ = phase::failed;
  failure_ = std::move(reason);
}

void socket_transport::drop_socket(bool abort) {
  if (!socket_)
    return;
  if (abort) {
    linger at_once{1, 0};
    setsockopt(socket_->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
  services_->events->unwatch(*socket_);
  ::close(socket_->fd);
  socket_.reset();
}

void socket_transport::end(bool abort) {
  if (phase_ == phase::closed)
    return;
  if (phase_ == phase::connecting)
    services_->unanswered.add(addresses_[tried_ - 1]);
  phase_ = phase::closed;
  resolution_.reset();
  gate_->shut();
  drop_socket(abort);
}

// -- factory ------------------------------------------------------------------

namespace {

class socket_transport_factory final : public transport_factory {
public:
  socket_transport_factory(transport_settings settings, lookup_function lookup,
                           std::shared_ptr<poller> events)
    : services_(std::make_shared<socket_services>(settings, std::move(lookup),
                                                  std::move(events))) {
    // nop
  }

  std::unique_ptr<transport> make(transport::notification notify) override {
    return std::make_unique<socket_transport>(services_, std::move(notify));
  }

private:
  std::shared_ptr<socket_services> services_;
};

} // namespace

std::shared_ptr<transport_factory>
make_socket_transport_factory(transport_settings settings,
                              lookup_function lookup,
                              std::shared_ptr<poller> events) {
  return std::make_shared<socket_transport_factory>(settings, std::move(lookup),
                                                    std::move(events));
}

std::shared_ptr<transport_factory>
make_socket_transport_factory(transport_settings settings,
                              std::shared_ptr<poller> events) {
  if (!events)
    events = std::make_shared<poller>(poller::driver::own_thread);
  return make_socket_transport_factory(settings, look_up_host,
                                       std::move(events));
}

} // namespace obol::internal
