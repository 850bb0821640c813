#include "bench/child_process.hpp"

#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

namespace obol::bench {

namespace {

double microseconds(const timeval& x) {
  return static_cast<double>(x.tv_sec) * 1e6 + static_cast<double>(x.tv_usec);
}

/// Starts it with standard output leading to `out`; -1 if that fails.
pid_t spawn(std::vector<std::string> words, int out) {
  std::vector<char*> pointers;
  for (auto& x : words)
    pointers.push_back(x.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                     O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
                                     O_WRONLY, 0);
  pid_t result = -1;
  auto trouble = ::posix_spawn(&result, pointers[0], &actions, nullptr,
                               pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return trouble == 0 ? result : -1;
}

std::string read_all(int from) {
  std::string result;
  char piece[4096];
  for (;;) {
    auto count = ::read(from, piece, sizeof(piece));
    if (count > 0)
      result.append(piece, static_cast<std::size_t>(count));
    else if (count == 0 || errno != EINTR)
      return result;
  }
}

} // namespace

std::optional<child_result> run_child(const std::vector<std::string>& words) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return std::nullopt;
  auto child = spawn(words, ends[1]);
  ::close(ends[1]);
  child_result result;
  if (child > 0)
    result.out = read_all(ends[0]);
  ::close(ends[0]);
  if (child <= 0)
    return std::nullopt;
  int status = 0;
  rusage usage{};
  while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  result.succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  result.cpu_us = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
  result.switches = static_cast<double>(usage.ru_nvcsw);
  return result;
}

} // namespace obol::bench
