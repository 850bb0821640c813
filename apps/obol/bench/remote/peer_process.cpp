#include "bench/remote/peer_process.hpp"

#include "cli/exit_code.hpp"
#include "obol/error.hpp"

#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <limits>
#include <unistd.h>

namespace obol::bench {

namespace {

/// What comes until the other side has closed, or sent so much.
std::string read_up_to(int socket, std::size_t size) {
  std::string result(size, '\0');
  std::size_t count = 0;
  while (count < size) {
    auto got = ::read(socket, result.data() + count, size - count);
    if (got == 0 || (got < 0 && errno != EINTR))
      break;
    count += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  result.resize(count);
  return result;
}

/// The longest text of an error that is passed on.
constexpr std::size_t longest_text = 4'096;

/// Tells the port, or 0 and why there is none, and serves it until the parent
/// closes the lifeline. There is nothing in it worth a tidy end.
[[noreturn]] void serve(int lifeline, const peer_process::opener& open) {
  // A Ctrl-C is for the parent, whose end is noticed.
  ::setsid();
  auto opened = open();
  std::uint16_t port = opened ? opened->number : 0;
  auto text = std::string{reinterpret_cast<const char*>(&port), sizeof(port)};
  if (!opened)
    text += cli::reason_of(opened.error()).substr(0, longest_text);
  if (::send(lifeline, text.data(), text.size(), MSG_NOSIGNAL) > 0 && opened)
    read_up_to(lifeline, 1);
  ::_exit(0);
}

caf::error failed(const std::string& what, const std::string& why) {
  return caf::make_error(ec::unavailable, what + " does not start: " + why);
}

} // namespace

caf::expected<std::unique_ptr<peer_process>>
peer_process::start(const std::string& what, const opener& open) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return failed(what, std::strerror(errno));
  std::unique_ptr<peer_process> result{new peer_process};
  result->pid_ = ::fork();
  if (result->pid_ == 0) {
    ::close(ends[0]);
    serve(ends[1], open);
  }
  ::close(ends[1]);
  result->lifeline_ = ends[0];
  if (result->pid_ < 0)
    return failed(what, std::strerror(errno));
  auto port = read_up_to(ends[0], sizeof(result->port_));
  if (port.size() != sizeof(result->port_))
    return failed(what, "it ended");
  std::memcpy(&result->port_, port.data(), sizeof(result->port_));
  if (result->port_ == 0)
    return failed(what, read_up_to(ends[0], longest_text));
  return result;
}

peer_process::~peer_process() {
  if (lifeline_ >= 0)
    ::close(lifeline_);
  if (pid_ <= 0)
    return;
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

double peer_process::cpu_us() const {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid_, &clock) != 0
      || ::clock_gettime(clock, &time) != 0)
    return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(time.tv_sec) * 1e6
         + static_cast<double>(time.tv_nsec) / 1e3;
}

} // namespace obol::bench
