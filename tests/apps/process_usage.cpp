#include "apps/process_usage.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace obol::test {

namespace {

std::size_t sockets_of(const std::string& folder) {
  std::size_t result = 0;
  std::error_code gone;
  for (auto& x : std::filesystem::directory_iterator{folder, gone}) {
    auto leads_to = std::filesystem::read_symlink(x, gone).string();
    result += leads_to.starts_with("socket:");
  }
  return result;
}

} // namespace

process_usage usage_of(pid_t process) {
  auto folder = "/proc/" + std::to_string(process);
  process_usage result;
  std::ifstream status{folder + "/status"};
  for (std::string line; std::getline(status, line);) {
    std::istringstream words{line};
    std::string name;
    words >> name;
    if (name == "VmRSS:")
      words >> result.memory_kib;
    else if (name == "Threads:")
      words >> result.threads;
  }
  result.sockets = sockets_of(folder + "/fd");
  return result;
}

usage_record::usage_record(std::string name, pid_t process)
  : name_(std::move(name)), process_(process) {
}

void usage_record::sample() {
  samples_.push_back(usage_of(process_));
}

process_usage usage_record::quarter(int which) const {
  auto count = static_cast<std::ptrdiff_t>(samples_.size());
  auto first = samples_.begin() + count * (which - 1) / 4;
  auto last = samples_.begin() + count * which / 4;
  auto middle = [&](std::size_t process_usage::*what) {
    std::vector<std::size_t> values;
    for (auto x = first; x != last; ++x)
      values.push_back((*x).*what);
    if (values.empty())
      return std::size_t{0};
    auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), at, values.end());
    return *at;
  };
  return {middle(&process_usage::memory_kib), middle(&process_usage::sockets),
          middle(&process_usage::threads)};
}

std::string usage_record::line() const {
  if (samples_.empty())
    return {};
  auto& last = samples_.back();
  return name_ + ' ' + std::to_string(last.memory_kib) + " KiB "
         + std::to_string(last.sockets) + " sockets "
         + std::to_string(last.threads) + " threads";
}

} // namespace obol::test
