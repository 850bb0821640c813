#pragma once

#include "obol/sources.hpp"

#include <caf/expected.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace obol::cli {

/// More words than this are a mistake, like an unquoted `*`.
inline constexpr std::size_t max_words = 1'000;

/// A command line, taken apart.
struct arguments {
  /// The first word; empty if there is none.
  std::string command;

  /// The words after it.
  std::vector<std::string> words;

  /// Our own flags by name, without dashes; empty values for switches.
  std::map<std::string, std::string, std::less<>> flags;

  /// The flags that set options, for `load_options`.
  option_sources::pairs options;

  bool has(std::string_view flag) const {
    return flags.find(flag) != flags.end();
  }

  std::optional<std::string> value_of(std::string_view flag) const;
};

/// Takes a command line apart. Flags may stand anywhere, as `--name value` or
/// `--name=value`; what follows `--` is no flag. Fails with
/// `invalid_argument`, naming the flag.
caf::expected<arguments> parse_arguments(const std::vector<std::string>& list);

} // namespace obol::cli
