#pragma once

#include "obol/options.hpp"

#include <caf/expected.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace obol {

/// Where options come from, in rising priority; before them come the defaults.
struct option_sources {
  using pairs = std::vector<std::pair<std::string, std::string>>;

  /// A JSON file whose objects nest as the option names do:
  /// `{"pool": {"size": 20}}`. Empty: what OBOL_CONFIG names, or none.
  std::string config_file;

  /// Variables with their values. Of those that begin with OBOL_ every one must
  /// be known, but for OBOL_TEST_* and OBOL_CACHE_DIR; others are ignored.
  pairs environment;

  /// Flags with their values, like `--pool-size` and `20`.
  pairs flags;
};

struct loaded_options {
  obol::options options;

  /// Names of the options that some source set, like `pool.size`.
  std::vector<std::string> given;

  bool is_given(std::string_view name) const;
};

/// Reads the sources. Errors (`invalid_argument`) name the option, as the
/// source calls it, and what is expected. A secret comes from the environment
/// or from a file that an option names; anywhere else it is refused. Ranges
/// are checked by `validate`, once everything is there; those of a file at
/// once, so that the error can name the line.
caf::expected<loaded_options> load_options(const option_sources& sources);

/// The variables of this process.
option_sources::pairs process_environment();

/// Whether `load_options` knows the flag, with or without its dashes.
bool is_option_flag(std::string_view flag);

/// Every option: flag, variable, meaning, default and range.
std::string options_help();

/// The same for those that only `obol serve` needs.
std::string serve_options_help();

} // namespace obol
