#include "servers/server_log.hpp"

#include <fstream>

namespace obol::servers {

std::string end_of_log(const std::filesystem::path& log) {
  std::ifstream file{log};
  std::string last;
  for (std::string line; std::getline(file, line);)
    if (!line.empty())
      last = line;
  return last.empty() ? "it logged nothing" : "its log ends with: " + last;
}

} // namespace obol::servers
