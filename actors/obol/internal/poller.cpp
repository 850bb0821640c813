#include "obol/internal/poller.hpp"

#include "obol/internal/service_thread.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <unistd.h>
#include <unordered_map>

namespace obol::internal {

namespace {

constexpr int max_events_per_wait = 64;

// Marks the event that ends a wait.
constexpr std::uint64_t wake_key = 0;

constexpr std::uint32_t read_events = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t hang_up_events = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

int control(int epoll, int operation, int fd, std::uint64_t key,
            std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  return epoll_ctl(epoll, operation, fd, &event) == 0 ? 0 : errno;
}

} // namespace

struct poller::core {
  core() = default;

  core(const core&) = delete;
  core& operator=(const core&) = delete;

  ~core() {
    close_files();
  }

  int open_files() {
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
      return errno;
    wake_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_event < 0)
      return errno;
    return control(epoll, EPOLL_CTL_ADD, wake_event, wake_key,
                   EPOLLIN | EPOLLET);
  }

  void close_files() {
    for (auto* fd : {&epoll, &wake_event}) {
      if (*fd >= 0)
        ::close(*fd);
      *fd = -1;
    }
  }

  struct outcome {
    std::size_t events = 0;
    bool woken = false;
  };

  outcome wait(int timeout_ms) {
    std::array<epoll_event, max_events_per_wait> events;
    auto count
      = epoll_wait(epoll, events.data(), max_events_per_wait, timeout_ms);
    assert(count >= 0 || errno == EINTR);
    outcome result;
    for (int i = 0; i < count; ++i) {
      if (events[i].data.u64 == wake_key) {
        result.woken = true;
      } else {
        ++result.events;
        pass_on(events[i]);
      }
    }
    return result;
  }

  void run() {
    while (!wait(-1).woken) {
      // Everything happens in there.
    }
  }

  void pass_on(const epoll_event& event) {
    auto socket = find(event.data.u64);
    if (!socket)
      return;
    if (event.events & hang_up_events)
      socket->hung_up.store(true, std::memory_order_release);
    socket->gate->signal();
  }

  // By key, not by pointer: an event taken before `unwatch` must not lead to a
  // socket that is gone, nor to another that got its file descriptor.
  std::shared_ptr<watched_socket> find(std::uint64_t key) {
    std::lock_guard guard{mutex};
    auto i = sockets.find(key);
    return i != sockets.end() ? i->second : nullptr;
  }

  std::mutex mutex;
  bool running = false;
  std::uint64_t last_key = wake_key;
  std::unordered_map<std::uint64_t, std::shared_ptr<watched_socket>> sockets;

  // Constant while `running`.
  int epoll = -1;
  int wake_event = -1;
};

poller::poller(driver x) : core_(std::make_shared<core>()), driver_(x) {
  // Whoever drives may wait before there is a socket.
  if (driver_ == driver::own_thread)
    return;
  if (auto error = core_->open_files())
    throw std::system_error{error, std::generic_category(), "epoll"};
  core_->running = true;
}

poller::~poller() {
  if (!thread_.joinable())
    return;
  wake();
  if (thread_.get_id() == std::this_thread::get_id())
    thread_.detach();
  else
    thread_.join();
}

std::size_t poller::poll(std::chrono::milliseconds timeout) {
  return core_->wait(static_cast<int>(timeout.count())).events;
}

void poller::wake() {
  eventfd_write(core_->wake_event, 1);
}

int poller::watch(const std::shared_ptr<watched_socket>& socket) {
  std::lock_guard guard{core_->mutex};
  if (auto error = start())
    return error;
  socket->key = ++core_->last_key;
  core_->sockets.emplace(socket->key, socket);
  auto error = control(core_->epoll, EPOLL_CTL_ADD, socket->fd, socket->key,
                       read_events | EPOLLOUT);
  if (error)
    core_->sockets.erase(socket->key);
  return error;
}

// Asked for only while it matters: on a Unix socket every read of the peer is
// an edge of ours, so a poller that always listened would wake for each
// request.
int poller::want_write(const watched_socket& socket, bool wanted) {
  return control(core_->epoll, EPOLL_CTL_MOD, socket.fd, socket.key,
                 read_events | (wanted ? EPOLLOUT : 0u));
}

void poller::unwatch(const watched_socket& socket) {
  std::shared_ptr<watched_socket> last;
  std::lock_guard guard{core_->mutex};
  auto i = core_->sockets.find(socket.key);
  if (i == core_->sockets.end())
    return;
  control(core_->epoll, EPOLL_CTL_DEL, socket.fd, socket.key, 0);
  last = std::move(i->second);
  core_->sockets.erase(i);
}

// Called under the lock. Tried again at each socket until it succeeds, since a
// lack of files or threads may pass.
int poller::start() {
  if (core_->running)
    return 0;
  auto error = core_->open_files();
  if (!error) {
    try {
      thread_
        = start_service_thread("obol.poller", [core = core_] { core->run(); });
      core_->running = true;
      return 0;
    } catch (const std::system_error& failure) {
      error = failure.code().value();
    }
  }
  core_->close_files();
  return error;
}

} // namespace obol::internal
