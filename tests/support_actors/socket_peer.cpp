#include "support_actors/socket_peer.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace obol::test {

namespace {

/// Reached by no test that passes.
constexpr std::chrono::seconds patience{20};

int checked(int result) {
  if (result < 0)
    throw std::system_error{errno, std::generic_category()};
  return result;
}

} // namespace

// -- unique_fd ----------------------------------------------------------------

unique_fd::unique_fd(int fd) : fd_(fd) {
  // nop
}

unique_fd::unique_fd(unique_fd&& other) noexcept
  : fd_(std::exchange(other.fd_, -1)) {
  // nop
}

unique_fd& unique_fd::operator=(unique_fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

unique_fd::~unique_fd() {
  close();
}

void unique_fd::close() {
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

// -- temporary_directory ------------------------------------------------------

temporary_directory::temporary_directory() {
  auto name = (std::filesystem::temp_directory_path() / "obol-XXXXXX").string();
  if (!mkdtemp(name.data()))
    throw std::system_error{errno, std::generic_category()};
  path_ = name;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

// -- listener -----------------------------------------------------------------

listener::listener(int family)
  : socket_(checked(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0))) {
  // nop
}

void listener::bind_loopback() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  checked(::bind(socket_.get(), generic, size));
  checked(::getsockname(socket_.get(), generic, &size));
  where_.host = "127.0.0.1";
  where_.port = ntohs(address.sin_port);
}

listener listener::tcp(int backlog) {
  listener result{AF_INET};
  result.bind_loopback();
  checked(::listen(result.socket_.get(), backlog));
  return result;
}

listener listener::refusing() {
  listener result{AF_INET};
  result.bind_loopback();
  return result;
}

listener listener::silent() {
  // A blocking connect that is given up this late was not answered: loopback
  // answers within microseconds.
  constexpr timeval answer_timeout{0, 200'000};
  auto result = tcp(0);
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  checked(::getsockname(result.socket_.get(), generic, &size));
  // The kernel takes one or two more than the backlog says.
  for (int i = 0; i < 16; ++i) {
    auto& fd = result.backlog_.emplace_back(
      checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
    checked(::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &answer_timeout,
                         sizeof(answer_timeout)));
    if (::connect(fd.get(), generic, size) < 0) {
      if (errno == EINPROGRESS)
        return result;
      throw std::system_error{errno, std::generic_category()};
    }
  }
  throw std::runtime_error{"the backlog of the listener does not fill"};
}

listener listener::unix_socket(const std::filesystem::path& path) {
  listener result{AF_UNIX};
  result.where_.kind = endpoint::kind::unix_socket;
  result.where_.path = path.string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, result.where_.path.c_str(),
               sizeof(address.sun_path) - 1);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  checked(::bind(result.socket_.get(), generic, sizeof(address)));
  checked(::listen(result.socket_.get(), 128));
  return result;
}

unique_fd listener::accept() const {
  pollfd waiting{socket_.get(), POLLIN, 0};
  auto limit = std::chrono::milliseconds{patience}.count();
  if (checked(::poll(&waiting, 1, static_cast<int>(limit))) == 0)
    throw std::system_error{ETIMEDOUT, std::generic_category()};
  return unique_fd{
    checked(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC))};
}

// -- the peer's side ----------------------------------------------------------

void write_all(const unique_fd& fd, std::string_view bytes) {
  while (!bytes.empty()) {
    auto count = ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0)
      throw std::system_error{errno, std::generic_category()};
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string read_up_to(const unique_fd& fd, std::size_t count) {
  std::string result(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    auto got = ::recv(fd.get(), result.data() + have, count - have, 0);
    if (got < 0)
      throw std::system_error{errno, std::generic_category()};
    if (got == 0)
      break;
    have += static_cast<std::size_t>(got);
  }
  result.resize(have);
  return result;
}

// -- transport_owner ----------------------------------------------------------

transport_owner::transport_owner(internal::transport_factory& factory)
  : transport_(factory.make([box = inbox_] {
      std::lock_guard guard{box->mutex};
      ++box->count;
      box->changed.notify_one();
    })) {
  // nop
}

bool transport_owner::wait() {
  {
    std::unique_lock guard{inbox_->mutex};
    if (!inbox_->changed.wait_for(guard, patience,
                                  [this] { return inbox_->count > 0; }))
      return false;
    --inbox_->count;
  }
  transport_->acknowledge();
  return true;
}

bool transport_owner::notified() const {
  std::lock_guard guard{inbox_->mutex};
  return inbox_->count > 0;
}

internal::connect_status transport_owner::connect(const endpoint& where) {
  transport_->connect(where);
  auto result = internal::connect_status::pending;
  while (result == internal::connect_status::pending && wait())
    result = transport_->poll_connect();
  return result;
}

std::string transport_owner::receive(std::size_t count) {
  using internal::io_status;
  std::string result;
  std::array<char, 65536> buffer;
  while (result.size() < count) {
    auto got = transport_->receive(buffer.data(), buffer.size());
    last_status = got.status;
    result.append(buffer.data(), got.bytes);
    if (got.status == io_status::closed || got.status == io_status::failed)
      break;
    auto drained = got.bytes < buffer.size();
    if (drained && result.size() < count && !wait())
      break;
  }
  return result;
}

} // namespace obol::test
