#include "obol/internal/process_start.hpp"

#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <unistd.h>

namespace obol::internal {

namespace {

/// In `/proc/PID/stat`, counted from the field behind the program's name.
constexpr int fields_before_start = 19;

std::string read(const char* path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::optional<std::uint64_t> number_at(std::string_view text) {
  std::uint64_t result = 0;
  auto [end, error]
    = std::from_chars(text.data(), text.data() + text.size(), result);
  return error == std::errc{} ? std::optional{result} : std::nullopt;
}

/// When the machine was started, in seconds since the Unix epoch.
std::optional<std::uint64_t> boot_time(std::string_view machine) {
  constexpr std::string_view name = "\nbtime ";
  auto at = machine.find(name);
  return at == machine.npos ? std::nullopt
                            : number_at(machine.substr(at + name.size()));
}

/// How long the machine had run by then, in ticks.
std::optional<std::uint64_t> start_ticks(std::string_view process) {
  // The name stands in parentheses and may hold anything, those included.
  auto at = process.rfind(')');
  for (int i = 0; at != process.npos && i <= fields_before_start; ++i)
    at = process.find(' ', at + 1);
  return at == process.npos ? std::nullopt : number_at(process.substr(at + 1));
}

} // namespace

double process_start_in(std::string_view process, std::string_view machine,
                        double ticks_per_second) {
  auto boot = boot_time(machine);
  auto ticks = start_ticks(process);
  if (!boot || !ticks || ticks_per_second <= 0)
    return 0;
  return static_cast<double>(*boot)
         + static_cast<double>(*ticks) / ticks_per_second;
}

double process_start_seconds() {
  static const double result
    = process_start_in(read("/proc/self/stat"), read("/proc/stat"),
                       static_cast<double>(::sysconf(_SC_CLK_TCK)));
  return result;
}

} // namespace obol::internal
