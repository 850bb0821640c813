#pragma once

#include "obol/testing/internal/server/simulated_server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace obol::testing::internal {

/// A simulated server whose clock the test sets.
class SimulatedServerTest : public ::testing::Test {
protected:
  static constexpr std::int64_t start_s = 1'700'000'000;

  void be(server_kind kind) {
    server = simulated_server{kind, [this] { return now_us; }};
    session = server.open_session();
  }

  void advance_ms(std::int64_t ms) {
    now_us += ms * 1000;
  }

  std::string run(const std::vector<std::string>& request) {
    return server.execute(session, request);
  }

  /// Loads a library with one function whose body this is.
  void define(const std::string& name, const std::string& body,
              const std::string& flags = "") {
    auto code = "#!lua name=lib_" + name
                + "\nredis.register_function{function_name='" + name
                + "', callback=function(keys, args) " + body + " end, flags={"
                + flags + "}}";
    ASSERT_EQ(run({"FUNCTION", "LOAD", code}),
              "$" + std::to_string(4 + name.size()) + "\r\nlib_" + name
                + "\r\n");
  }

  std::int64_t now_us = start_s * 1'000'000;
  simulated_server server{server_kind::redis_8, [this] { return now_us; }};
  server_session session = server.open_session();
};

/// The second as text, counted from the start.
inline std::string second(std::int64_t after_start) {
  return std::to_string(1'700'000'000 + after_start);
}

} // namespace obol::testing::internal
