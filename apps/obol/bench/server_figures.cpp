#include "bench/server_figures.hpp"

#include <cstdlib>
#include <limits>
#include <string_view>

namespace obol::bench {

namespace {

/// The number behind `label` in a text of INFO.
double number_after(std::string_view text, std::string_view label) {
  auto begin = text.find(label);
  if (begin == std::string_view::npos)
    return std::numeric_limits<double>::quiet_NaN();
  return std::strtod(std::string{text.substr(begin + label.size(), 32)}.c_str(),
                     nullptr);
}

} // namespace

double server_cpu(raw_link& link) {
  auto reply = link.ask({"INFO", "cpu"});
  auto text = bytes_of(*reply);
  return 1e6
         * (number_after(text, "used_cpu_sys:")
            + number_after(text, "used_cpu_user:"));
}

call_figures command_figures(raw_link& link, const std::string& command) {
  auto reply = link.ask({"INFO", "commandstats"});
  auto text = bytes_of(*reply);
  auto begin = text.find("cmdstat_" + command + ':');
  if (begin == std::string_view::npos)
    return {};
  auto line = text.substr(begin, text.find('\n', begin) - begin);
  return {number_after(line, "calls="), number_after(line, "usec=")};
}

double server_memory(raw_link& link) {
  return number_after(bytes_of(*link.ask({"INFO", "memory"})), "used_memory:");
}

} // namespace obol::bench
