#pragma once

#include "cli/arguments.hpp"

#include <caf/error.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace obol::bench {

/// Reads flags into variables, which keep their values where a flag is not
/// there. Remembers the first thing that is wrong.
class flag_values {
public:
  explicit flag_values(const cli::arguments& args) : args_(args) {
  }

  /// The first error, naming the flag and what is allowed.
  const caf::error& error() const {
    return error_;
  }

  void number(std::string_view flag, std::uint64_t& target, std::uint64_t min,
              std::uint64_t max);

  /// Numbers between commas.
  void numbers(std::string_view flag, std::vector<std::uint64_t>& target,
               std::uint64_t min, std::uint64_t max);

  /// Seconds, with a point where needed.
  void seconds(std::string_view flag, std::chrono::nanoseconds& target,
               double min, double max);

  /// The words between commas; empty where the flag is not there.
  std::vector<std::string> words(std::string_view flag);

  void text(std::string_view flag, std::string& target);

  /// Remembers that a flag's value is not one of those allowed.
  void refuse(std::string_view flag, const std::string& allowed);

private:
  const cli::arguments& args_;
  caf::error error_;
};

} // namespace obol::bench
