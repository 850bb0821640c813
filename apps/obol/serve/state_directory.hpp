#pragma once

#include <caf/expected.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace obol::serve {

/// A directory that one process uses at a time: ours, or the server that still
/// ends after us, as long as it holds the file of the lock.
class state_directory {
public:
  /// How long to wait for a server that ends after its process is gone.
  static constexpr std::chrono::seconds lock_limit{5};

  /// Makes the directory, for its owner only, and locks it. Fails with
  /// `unavailable`, saying which process uses it or what cannot be done.
  static caf::expected<std::unique_ptr<state_directory>>
  open(const std::filesystem::path& path);

  ~state_directory();
  state_directory(const state_directory&) = delete;
  state_directory& operator=(const state_directory&) = delete;

  std::filesystem::path operator/(const char* name) const {
    return path_ / name;
  }

  const std::filesystem::path& path() const {
    return path_;
  }

  /// The file whose lock it is.
  int lock_file() const {
    return file_;
  }

private:
  state_directory(std::filesystem::path path, int file)
    : path_(std::move(path)), file_(file) {
  }

  std::filesystem::path path_;
  int file_;
};

/// Where state is kept: as named, else where systemd says, else in the user's
/// directory for state. Fails with `invalid_argument` if there is none.
caf::expected<std::filesystem::path> state_path(const std::string& named);

} // namespace obol::serve
