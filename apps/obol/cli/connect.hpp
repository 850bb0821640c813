#pragma once

#include "cli/arguments.hpp"
#include "obol/facade.hpp"

#include <caf/expected.hpp>

namespace obol::cli {

/// The options of the config file, the environment and the command line. The
/// log holds warnings and worse unless somebody wanted more.
caf::expected<loaded_options> settings_of(const arguments& args);

/// Whether sessions can be signed; if not, how to give what is missing.
caf::error check_keys(const options& settings);

/// A store that is ready, or why there is none. One command needs one
/// connection, unless somebody set another number.
caf::expected<facade> open_store(const arguments& args);

/// The same, with just these settings.
caf::expected<facade> open_store(options settings);

} // namespace obol::cli
