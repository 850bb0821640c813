#pragma once

#include "cli/commands.hpp"

namespace obol::cli {

/// What there is, on one screen.
exit_code print_help();

/// Everything about one command.
exit_code print_help(const command& what);

/// Every option of the store.
exit_code print_options_help();

exit_code print_version();

} // namespace obol::cli
