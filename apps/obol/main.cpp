#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"

#include <cstddef>
#include <iostream>

#ifdef OBOL_TCMALLOC
#include <gperftools/malloc_extension_c.h>
#endif

namespace {

using namespace obol::cli;

/// What the threads together keep of memory they have freed. By default it is
/// 32 MiB, which a node that runs for hours would come to.
[[maybe_unused]] constexpr std::size_t thread_caches_bytes = 4 * 1024 * 1024;

void bound_heap() {
#ifdef OBOL_TCMALLOC
  MallocExtension_SetNumericProperty("tcmalloc.max_total_thread_cache_bytes",
                                     thread_caches_bytes);
#endif
}

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
  bound_heap();
  auto args = parse_arguments({argv + 1, argv + argc});
  auto result = args ? run(*args) : report(args.error());
  if (!std::cout.flush() && result == exit_code::done) {
    std::cerr << "obol: the output could not be written\n";
    result = exit_code::unavailable;
  }
  return static_cast<int>(result);
}
