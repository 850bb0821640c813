#include "apps/listening_sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace obol::test {

namespace {

constexpr const char* listen_state = "0A";

/// The inodes of a process' sockets.
std::set<std::string> sockets_of(pid_t process) {
  std::set<std::string> result;
  auto files = "/proc/" + std::to_string(process) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator{files}) {
    std::error_code gone;
    auto target = std::filesystem::read_symlink(entry, gone).string();
    if (target.starts_with("socket:["))
      result.insert(target.substr(8, target.size() - 9));
  }
  return result;
}

/// `0100007F` as 127.0.0.1; longer addresses stay as they are.
std::string readable(const std::string& digits) {
  if (digits.size() != 8)
    return digits;
  in_addr address{};
  address.s_addr = static_cast<in_addr_t>(std::stoul(digits, nullptr, 16));
  char text[INET_ADDRSTRLEN];
  return ::inet_ntop(AF_INET, &address, text, sizeof(text));
}

} // namespace

std::vector<std::string> listening_addresses(pid_t process) {
  auto own = sockets_of(process);
  std::vector<std::string> result;
  for (auto table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file{table};
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
      std::istringstream words{line};
      std::string number, local, remote, state, skipped, inode;
      words >> number >> local >> remote >> state;
      for (int i = 0; i < 5; ++i)
        words >> skipped;
      words >> inode;
      if (state == listen_state && own.contains(inode))
        result.push_back(readable(local.substr(0, local.find(':'))));
    }
  }
  return result;
}

} // namespace obol::test
