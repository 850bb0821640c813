#pragma once

#include "obol/internal/option_table.hpp"

#include <string>

namespace obol::internal {

/// What a source says about one option.
struct assignment {
  const option_descriptor* option;

  /// The option as this source calls it.
  std::string called;

  std::string text;

  /// File and line, for a value from a file.
  std::string place = {};
};

} // namespace obol::internal
