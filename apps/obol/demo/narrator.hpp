#pragma once

#include "obol/session.hpp"

#include <caf/expected.hpp>

#include <optional>
#include <string>

namespace obol::demo {

/// Prints what is done and what came of it, and remembers whether all of it was
/// as expected.
class narrator {
public:
  /// Begins a numbered step.
  void step(const std::string& title);

  /// Prints one line that expects nothing.
  void tell(const std::string& what, const std::string& outcome);

  /// Prints an outcome, marked if it is not the expected one.
  void check(const std::string& what, const std::string& outcome,
             bool is_expected);

  bool all_expected() const {
    return all_expected_;
  }

private:
  int steps_ = 0;
  bool all_expected_ = true;
};

/// `stored, lock version 3`, or the error.
std::string outcome_of(const caf::expected<session>& x);

/// The error's code alone, as callers compare it; `stored` without one.
std::string code_text(const caf::expected<session>& x);

} // namespace obol::demo
