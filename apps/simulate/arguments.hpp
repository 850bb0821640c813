#pragma once

#include "obol/testing/internal/runs/campaign.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace simulate {

struct arguments {
  obol::testing::internal::campaign_settings campaign;

  /// One seed was asked for.
  bool single = false;

  /// Print what happened.
  bool trace = false;
  std::size_t trace_lines = 200;

  bool quiet = false;
  bool help = false;
};

/// Reads a command line.
/// @param failure says what is wrong with it
/// @returns nothing if something is
std::optional<arguments> parse(int argc, char** argv, std::string& failure);

std::string usage();

} // namespace simulate
