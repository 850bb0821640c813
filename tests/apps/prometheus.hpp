#pragma once

#include "apps/process.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include "config/scratch_folder.hpp"

namespace obol::test {

/// The Prometheus of `OBOL_TEST_PROMETHEUS`, or the one in PATH; nothing, after
/// saying so loudly on stderr, where there is none.
std::optional<std::string> require_prometheus();

/// The `promtool` beside it.
std::string promtool_beside(const std::string& prometheus);

/// A Prometheus of the test's own on a free port of 127.0.0.1, which reads one
/// target of 127.0.0.1 every second. Throws `std::runtime_error` if it does not
/// start or does not answer.
class prometheus_server {
public:
  prometheus_server(const std::string& program, std::uint16_t target);

  /// Asks again until the query has just this value, for a while.
  /// @returns the last answer: the value of its only series, or what else came
  std::string wait_for(const std::string& query, const std::string& value);

private:
  std::uint16_t find_port();

  std::string ask(const std::string& query) const;

  scratch_folder folder_;
  std::string log_;
  background_process process_;
  std::uint16_t port_;
};

} // namespace obol::test
