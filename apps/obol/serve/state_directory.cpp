#include "serve/state_directory.hpp"

#include "cli/exit_code.hpp"
#include "obol/error.hpp"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace obol::serve {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds poll_interval{20};

constexpr mode_t only_owner = 0700;

caf::error unavailable(const std::filesystem::path& path,
                       const std::string& text) {
  return caf::make_error(ec::unavailable, "the state directory "
                                            + cli::printable(path) + ' '
                                            + text);
}

std::string reason() {
  return std::strerror(errno);
}

/// The process that wrote itself into the file, or 0.
pid_t holder_of(int file) {
  char text[16];
  auto size = ::pread(file, text, sizeof(text), 0);
  pid_t result = 0;
  if (size > 0)
    std::from_chars(text, text + size, result);
  return result;
}

bool is_alive(pid_t process) {
  return process > 0 && (::kill(process, 0) == 0 || errno == EPERM);
}

/// Whether the lock was taken; waits only for what ends by itself.
caf::error take_lock(const std::filesystem::path& path, int file) {
  auto limit = steady_clock::now() + state_directory::lock_limit;
  while (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return unavailable(path, "cannot be locked: " + reason());
    auto holder = holder_of(file);
    if (is_alive(holder))
      return unavailable(path, "is in use by process " + std::to_string(holder)
                                 + "; end that one, or name another directory "
                                   "with --state-dir");
    if (steady_clock::now() > limit)
      return unavailable(path, "is in use by the server of a process that is "
                               "gone, and it does not end");
    std::this_thread::sleep_for(poll_interval);
  }
  return {};
}

bool write_holder(int file) {
  auto text = std::to_string(::getpid()) + '\n';
  return ::ftruncate(file, 0) == 0
         && ::pwrite(file, text.data(), text.size(), 0)
              == static_cast<ssize_t>(text.size());
}

/// The first directory of a list separated by colons; empty if there is none.
std::string first_of(const char* variable) {
  auto value = std::getenv(variable);
  std::string_view text = value ? value : "";
  return std::string{text.substr(0, text.find(':'))};
}

} // namespace

caf::expected<std::unique_ptr<state_directory>>
state_directory::open(const std::filesystem::path& path) {
  std::error_code trouble;
  if (auto parent = path.parent_path(); !parent.empty())
    std::filesystem::create_directories(parent, trouble);
  if (::mkdir(path.c_str(), only_owner) != 0 && errno != EEXIST)
    return unavailable(path, "cannot be made: " + reason());
  auto lock = path / "lock";
  auto file = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return unavailable(path, "cannot be used: " + reason());
  std::unique_ptr<state_directory> result{new state_directory{path, file}};
  if (auto error = take_lock(path, file))
    return error;
  if (!write_holder(file))
    return unavailable(path, "cannot be written to: " + reason());
  return result;
}

state_directory::~state_directory() {
  ::close(file_);
}

caf::expected<std::filesystem::path> state_path(const std::string& named) {
  if (!named.empty())
    return std::filesystem::absolute(named);
  if (auto given = first_of("STATE_DIRECTORY"); !given.empty())
    return std::filesystem::path{given};
  if (auto home = first_of("XDG_STATE_HOME"); !home.empty())
    return std::filesystem::path{home} / "obol";
  if (auto home = first_of("HOME"); !home.empty())
    return std::filesystem::path{home} / ".local" / "state" / "obol";
  return caf::make_error(ec::invalid_argument,
                         std::string{"there is no place to keep sessions: set "
                                     "--state-dir, or --redis for a server of "
                                     "your own"});
}

} // namespace obol::serve
