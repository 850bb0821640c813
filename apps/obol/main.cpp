#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"

#include <iostream>

namespace {

using namespace obol::cli;

exit_code run(const arguments& args) {
  if (args.has("version"))
    return print_version();
  auto name = args.command;
  if (name.empty()) {
    if (args.has("help-options"))
      return print_options_help();
    if (args.has("help"))
      return print_help();
    return wrong_usage("what shall be done? `obol --help` shows the commands");
  }
  auto what = find_command(name);
  if (!what)
    return wrong_usage("there is no command '" + printable(name)
                       + "'; `obol --help` shows the commands");
  if (args.has("help"))
    return print_help(*what);
  if (auto error = check(args, *what))
    return report(error);
  return what->run(args);
}

} // namespace

int main(int argc, char** argv) {
  auto args = parse_arguments({argv + 1, argv + argc});
  auto result = args ? run(*args) : report(args.error());
  if (!std::cout.flush() && result == exit_code::done) {
    std::cerr << "obol: the output could not be written\n";
    result = exit_code::unavailable;
  }
  return static_cast<int>(result);
}
