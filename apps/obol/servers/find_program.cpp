#include "servers/find_program.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <unistd.h>

namespace obol::servers {

namespace {

bool may_run(const std::string& path) {
  std::error_code ignored;
  return ::access(path.c_str(), X_OK) == 0
         && !std::filesystem::is_directory(path, ignored);
}

} // namespace

std::optional<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return may_run(name) ? std::optional{name} : std::nullopt;
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "";
  while (!rest.empty()) {
    auto end = std::min(rest.find(':'), rest.size());
    auto candidate = std::filesystem::path{rest.substr(0, end)} / name;
    if (may_run(candidate))
      return candidate.string();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

} // namespace obol::servers
