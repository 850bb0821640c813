#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

#include <span>
#include <string_view>

namespace obol::cli {

/// One command of the binary.
struct command {
  std::string_view name;

  /// What stands after the name in `obol NAME ...`.
  std::string_view synopsis;

  /// One line.
  std::string_view summary;

  /// Paragraphs for `obol NAME --help`.
  std::string_view help;

  std::size_t min_words;
  std::size_t max_words;

  /// Our own flags that mean something here.
  std::span<const std::string_view> flags;

  exit_code (*run)(const arguments&);
};

/// In the order of the help.
std::span<const command> all_commands();

/// Null if there is none of that name.
const command* find_command(std::string_view name);

/// Whether the number of words and the flags are those the command takes.
caf::error check(const arguments& args, const command& what);

} // namespace obol::cli
