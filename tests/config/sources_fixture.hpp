#pragma once

#include "obol/error.hpp"
#include "obol/sources.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "config/scratch_folder.hpp"

namespace obol::test {

inline loaded_options load(const option_sources& sources) {
  auto result = load_options(sources);
  if (result)
    return std::move(*result);
  ADD_FAILURE() << describe(result.error());
  return {};
}

/// The text of the error, or `accepted`.
inline std::string refusal(const option_sources& sources) {
  auto result = load_options(sources);
  return result ? "accepted" : describe(result.error());
}

inline option_sources variable(std::string name, std::string value) {
  return {{}, {{std::move(name), std::move(value)}}, {}};
}

inline option_sources flag(std::string name, std::string value) {
  return {{}, {}, {{std::move(name), std::move(value)}}};
}

class sources_fixture : public testing::Test {
protected:
  /// Sources with a config file of that content.
  option_sources file(std::string_view json) {
    option_sources result;
    result.config_file = folder_.write("config.json", json);
    return result;
  }

  scratch_folder folder_;
};

} // namespace obol::test
