#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace obol::test {

/// An empty folder of its own, removed at the end.
class scratch_folder {
public:
  scratch_folder() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "obol-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error{"no scratch folder"};
    path_ = pattern;
  }

  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path(std::string_view name) const {
    return (path_ / name).string();
  }

  /// Writes a file and returns its path.
  std::string write(std::string_view name, std::string_view content) const {
    auto result = path(name);
    std::ofstream{result, std::ios::binary} << content;
    return result;
  }

private:
  std::filesystem::path path_;
};

} // namespace obol::test
