#include "serve/own_secret.hpp"

#include "cli/exit_code.hpp"
#include "obol/error.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace obol::serve {

namespace {

constexpr std::size_t secret_size = 32;

constexpr std::size_t text_size = 2 * secret_size;

caf::error unavailable(const std::filesystem::path& path,
                       const std::string& text) {
  return caf::make_error(ec::unavailable,
                         "the secret in " + cli::printable(path) + ' ' + text);
}

/// Random bytes in hexadecimal digits; empty if there are none to be had.
std::string random_text() {
  constexpr const char* digits = "0123456789abcdef";
  unsigned char bytes[secret_size];
  if (::getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
    return {};
  std::string result;
  for (auto byte : bytes) {
    result += digits[byte >> 4];
    result += digits[byte & 15];
  }
  return result;
}

std::string read_text(const std::filesystem::path& path) {
  auto file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return {};
  std::string result(text_size, '\0');
  auto size = ::read(file, result.data(), result.size());
  ::close(file);
  result.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return result;
}

/// Names in the directory are on the disk from here on.
bool sync_directory(const std::filesystem::path& path) {
  auto file = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0)
    return false;
  auto is_safe = ::fsync(file) == 0;
  ::close(file);
  return is_safe;
}

/// Appears whole, and on the disk, or not at all: what it signs must be
/// readable for as long as the sessions are.
bool write_text(const std::filesystem::path& path, const std::string& text) {
  auto unfinished = path;
  unfinished += ".new";
  auto file = ::open(unfinished.c_str(),
                     O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0)
    return false;
  auto written = ::write(file, text.data(), text.size());
  auto is_safe
    = written == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  return is_safe && ::rename(unfinished.c_str(), path.c_str()) == 0
         && sync_directory(path.parent_path());
}

} // namespace

caf::error use_own_secret(options& settings, const state_directory& where) {
  auto path = where / "base_secret";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    auto text = random_text();
    if (text.empty() || !write_text(path, text))
      return unavailable(path, std::string{"cannot be made: "}
                                 + std::strerror(errno));
  }
  auto text = read_text(path);
  if (text.size() != text_size)
    return unavailable(path, "cannot be read whole; without it the sessions "
                             "here are lost, so it is not replaced");
  settings.base_secret = secret{std::move(text)};
  return {};
}

} // namespace obol::serve
