#include "bench/process_usage.hpp"

#include <sys/resource.h>

#include <fstream>
#include <sstream>
#include <string>

namespace obol::bench {

namespace {

double microseconds(const timeval& x) {
  return static_cast<double>(x.tv_sec) * 1e6 + static_cast<double>(x.tv_usec);
}

} // namespace

process_usage usage_now() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return {microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
          static_cast<double>(usage.ru_nvcsw)};
}

std::uint64_t peak_memory() {
  std::ifstream file{"/proc/self/status"};
  for (std::string line; std::getline(file, line);) {
    std::istringstream words{line};
    std::string name;
    std::uint64_t kilobytes = 0;
    if (words >> name >> kilobytes && name == "VmHWM:")
      return kilobytes * 1024;
  }
  return 0;
}

} // namespace obol::bench
