#include "servers/server_process.hpp"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "servers/server_log.hpp"
#include "servers/unix_socket.hpp"

namespace obol::servers {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds poll_interval{5};

constexpr int exec_failed = 127;

/// What the child needs, made before the fork: after it nothing may allocate.
struct launch_plan {
  std::vector<char*> words;
  std::vector<char*> variables;
  const char* log;
  int shared_file;
  pid_t parent;
};

/// Our own variables hold secrets that are no business of the server's, and
/// systemd's are meant for us.
bool is_passed_on(std::string_view variable) {
  for (auto prefix : {"OBOL_", "NOTIFY_SOCKET=", "WATCHDOG_"})
    if (variable.starts_with(prefix))
      return false;
  return true;
}

launch_plan plan_for(const server_command& command) {
  launch_plan result;
  for (const auto& word : command.words)
    result.words.push_back(const_cast<char*>(word.c_str()));
  result.words.push_back(nullptr);
  for (auto entry = environ; *entry; ++entry)
    if (is_passed_on(*entry))
      result.variables.push_back(*entry);
  result.variables.push_back(nullptr);
  result.log = command.log.c_str();
  result.shared_file = command.shared_file;
  result.parent = ::getpid();
  return result;
}

/// Only calls that are safe between fork and exec.
[[noreturn]] void become_server(const launch_plan& plan) {
  // The kernel kills us with our parent, unless it was faster than this call.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent)
    ::_exit(exec_failed);
  // What it writes is for nobody else.
  ::umask(077);
  // A Ctrl-C is for the parent, which then ends the server in order.
  ::setsid();
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  auto in = ::open("/dev/null", O_RDONLY);
  auto out = ::open(plan.log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  if (plan.shared_file >= 0)
    ::fcntl(plan.shared_file, F_SETFD, 0);
  ::execve(plan.words[0], plan.words.data(), plan.variables.data());
  ::_exit(exec_failed);
}

std::string text_of(int status) {
  if (WIFSIGNALED(status))
    return "it was ended by signal " + std::to_string(WTERMSIG(status));
  if (WEXITSTATUS(status) == exec_failed)
    return "it could not be started";
  return "it ended with status " + std::to_string(WEXITSTATUS(status));
}

/// Whether the child has ended; it is not reaped, so its number stays its own.
bool has_ended(pid_t child, int more_flags) {
  siginfo_t info{};
  auto flags = WEXITED | WNOWAIT | more_flags;
  while (::waitid(P_PID, static_cast<id_t>(child), &info, flags) != 0)
    if (errno != EINTR)
      return true;
  return info.si_pid == child;
}

} // namespace

server_process::server_process(server_command command, listener hear)
  : command_(std::move(command)), hear_(std::move(hear)),
    thread_([this] { run(); }) {
}

server_process::~server_process() {
  {
    std::lock_guard guard{mutex_};
    is_closing_ = true;
    signal(SIGKILL);
  }
  changed_.notify_all();
  thread_.join();
}

void server_process::start() {
  {
    std::lock_guard guard{mutex_};
    start_wanted_ = true;
  }
  changed_.notify_all();
}

void server_process::terminate() {
  std::unique_lock guard{mutex_};
  if (!start_wanted_) {
    signal(SIGTERM);
    return;
  }
  start_wanted_ = false;
  guard.unlock();
  hear_({server_event::kind::ended, "it was not started"});
}

void server_process::kill() {
  std::lock_guard guard{mutex_};
  signal(SIGKILL);
}

void server_process::run() {
  for (;;) {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return start_wanted_ || is_closing_; });
    if (is_closing_)
      return;
    start_wanted_ = false;
    auto plan = plan_for(command_);
    // Holding the mutex: who signals finds either no server or its number.
    pid_ = ::fork();
    if (pid_ == 0)
      become_server(plan);
    auto trouble = errno;
    auto is_running = pid_ > 0;
    guard.unlock();
    if (is_running)
      run_once();
    else
      hear_({server_event::kind::ended,
             std::string{"no process for it: "} + std::strerror(trouble)});
  }
}

void server_process::run_once() {
  await_listening();
  hear_(reap());
}

/// Ends early when the server does. One that takes too long is killed.
void server_process::await_listening() {
  auto limit = steady_clock::now() + start_limit;
  while (!has_ended(pid_, WNOHANG)) {
    if (is_answered(command_.socket_path)) {
      hear_({server_event::kind::listening, {}});
      return;
    }
    if (steady_clock::now() > limit)
      kill();
    std::this_thread::sleep_for(poll_interval);
  }
}

/// Waits for the end of the server, however long it lives.
server_event server_process::reap() {
  has_ended(pid_, 0);
  int status = 0;
  {
    std::lock_guard guard{mutex_};
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  return {server_event::kind::ended,
          text_of(status) + "; " + end_of_log(command_.log)};
}

void server_process::signal(int number) {
  if (pid_ > 0)
    ::kill(pid_, number);
}

} // namespace obol::servers
