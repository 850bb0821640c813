#include "cli/help.hpp"

#include <algorithm>
#include <iostream>

namespace obol::cli {

namespace {

constexpr const char* server_help
  = "  --redis URL           redis://HOST:PORT or unix:///PATH; default\n"
    "                        redis://localhost:6379  [OBOL_REDIS]\n";

constexpr const char* server_help_of_serve
  = "  --redis URL           redis://HOST:PORT or unix:///PATH; without it, a\n"
    "                        server of its own  [OBOL_REDIS]\n";

constexpr const char* connection_help
  = "  --config FILE         a JSON file with options  [OBOL_CONFIG]\n"
    "  --base-secret-file F  what the signing key is derived from; or the\n"
    "                        variable OBOL_BASE_SECRET with the secret itself\n"
    "  --layout L            auto, hash_field_expiry or three_set\n"
    "  --key-prefix P        what all keys begin with; default charon_\n"
    "  --log-level L         off, error, warning (default), info or debug\n"
    "  obol --help-options   shows all the others\n";

struct flag_help {
  std::string_view flag;
  const char* text;
};

constexpr flag_help own_flags[] = {
  {"type", "  --type T              the sessions' type; default full\n"},
  {"user-kind",
   "  --user-kind K         whether USER is an int or a string; auto, the\n"
   "                        default, takes digits for an int\n"},
  {"decode", "  --decode              show the payload too\n"},
  {"json", "  --json                print one JSON document, for scripts\n"},
  {"quiet", "  --quiet               print nothing but errors\n"},
};

constexpr const char* exit_codes
  = "Exit codes: 0 done, 1 found nothing, 2 wrong usage or configuration,\n"
    "3 unavailable, 4 conflict or gone.\n";

bool takes(const command& what, std::string_view flag) {
  return std::find(what.flags.begin(), what.flags.end(), flag)
         != what.flags.end();
}

} // namespace

exit_code print_help() {
  std::cout << "usage: obol COMMAND [WORDS] [FLAGS]\n"
               "\n"
               "Sessions in Redis or Valkey.\n"
               "\n";
  for (const auto& x : all_commands()) {
    std::cout << "  obol " << x.name << (x.synopsis.empty() ? "" : " ")
              << x.synopsis << "\n      " << x.summary << '\n';
  }
  std::cout << "\nFlags:\n";
  for (const auto& x : own_flags)
    std::cout << x.text;
  std::cout << server_help << connection_help
            << "  --help, --version\n"
               "  obol COMMAND --help   shows what one command does\n"
               "\n"
            << exit_codes;
  return exit_code::done;
}

exit_code print_help(const command& what) {
  std::cout << "usage: obol " << what.name << (what.synopsis.empty() ? "" : " ")
            << what.synopsis << "\n\n"
            << what.help << "\n\nFlags:\n";
  for (const auto& x : own_flags)
    if (takes(what, x.flag))
      std::cout << x.text;
  auto serves = what.name == "serve";
  std::cout << (serves ? server_help_of_serve : server_help)
            << connection_help;
  if (serves)
    std::cout << '\n' << serve_options_help();
  std::cout << '\n' << exit_codes;
  return exit_code::done;
}

exit_code print_options_help() {
  std::cout
    << "Options: as flags, as variables, or in the file of --config.\n\n"
    << options_help();
  return exit_code::done;
}

exit_code print_version() {
  std::cout << "obol " OBOL_VERSION "\n";
  return exit_code::done;
}

} // namespace obol::cli
