#include "demo/server_guardian.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace obol::demo {

namespace {

/// How soon an end of the server is noticed.
constexpr int poll_milliseconds = 50;

constexpr int exec_failed = 127;

[[noreturn]] void become_server(const guarded_server& what, pid_t guardian) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != guardian)
    ::_exit(exec_failed);
  auto log = what.directory / "log";
  ::execl(what.program.c_str(), what.program.c_str(), "--port", "0",
          "--unixsocket", what.socket_path.c_str(), "--unixsocketperm", "700",
          "--dir", what.directory.c_str(), "--logfile", log.c_str(), "--save",
          "", "--appendonly", "no", "--daemonize", "no", nullptr);
  ::_exit(exec_failed);
}

/// Whoever reads our output must not wait for the guardian, and a Ctrl-C is
/// for the parent, whose end it then notices.
void detach_from_terminal() {
  ::setsid();
  auto nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (auto stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::dup2(nothing, stream);
}

bool has_ended(pid_t child) {
  return ::waitpid(child, nullptr, WNOHANG) == child;
}

} // namespace

void guard_server(const guarded_server& what) {
  detach_from_terminal();
  auto guardian = ::getpid();
  auto child = ::fork();
  if (child == 0)
    become_server(what, guardian);
  if (child < 0)
    ::_exit(1);
  pollfd pipe{what.lifeline, POLLIN, 0};
  while (::poll(&pipe, 1, poll_milliseconds) <= 0)
    if (has_ended(child))
      ::_exit(1);
  // There is nothing in it worth a tidy end.
  ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  std::error_code ignored;
  std::filesystem::remove_all(what.directory, ignored);
  ::_exit(0);
}

} // namespace obol::demo
