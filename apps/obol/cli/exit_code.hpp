#pragma once

#include <caf/error.hpp>

#include <string>

namespace obol::cli {

/// What the binary tells whoever called it.
enum class exit_code {
  done = 0,
  /// There was nothing to show or to revoke; for the demo: a step went wrong;
  /// for the benchmark: a rule was broken.
  found_nothing = 1,
  /// The command line, the configuration or the input must be changed.
  wrong_usage = 2,
  /// The server cannot be reached or did not do it; it may work later.
  unavailable = 3,
  /// Another writer was faster, or the session is over.
  conflict = 4,
};

/// The class of an error of the store.
exit_code exit_code_of(const caf::error& error);

/// Prints the error on standard error and returns its class.
exit_code report(const caf::error& error);

/// Prints what is wrong with the command line on standard error.
exit_code wrong_usage(const std::string& text);

/// An `invalid_argument` with this text.
caf::error usage_error(std::string text);

/// What went wrong, without the name of the code before it.
std::string reason_of(const caf::error& error);

/// Text for a terminal: bytes that are not printable ASCII become `\xNN`, so
/// that ids and paths cannot move the cursor.
std::string printable(const std::string& bytes);

} // namespace obol::cli
