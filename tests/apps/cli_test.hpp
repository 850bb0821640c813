#pragma once

#include "apps/process.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/scratch_folder.hpp"
#include "support/server.hpp"

namespace obol::test {

/// What must never be printed.
inline constexpr const char* planted_secret = "planted-base-secret";

/// Later than any of these tests runs.
inline constexpr const char* far_future = "4102444800";

/// Runs the binary with these arguments and nothing else.
inline process_result obol_alone(std::vector<std::string> arguments,
                                 std::string input = {},
                                 std::vector<std::string> variables = {}) {
  return run_process(OBOL_BINARY, {std::move(arguments), std::move(input),
                                   std::move(variables)});
}

/// A session as `obol put` takes it.
inline std::string login(const std::string& id, const std::string& user = "42",
                         const std::string& more = {}) {
  return R"({"id":")" + id + R"(","user_id":)" + user
         + R"(,"created_at":1000,"refreshed_at":2000,"refresh_expires_at":)"
         + far_future + R"(,"extra_payload":{"pet":"planted-payload"})" + more
         + "}";
}

/// The binary on a throw-away server, with a secret in a file.
class cli_test : public server_test {
protected:
  void SetUp() override {
    server_test::SetUp();
    if (IsSkipped())
      return;
    server_ = start();
    secret_file_ = folder_.write("secret", planted_secret);
  }

  process_result obol(std::vector<std::string> arguments,
                      std::string input = {}) {
    arguments.insert(arguments.end(),
                     {"--redis", "unix://" + server_->socket_path(),
                      "--base-secret-file", secret_file_});
    return obol_alone(std::move(arguments), std::move(input));
  }

  scratch_folder folder_;
  std::unique_ptr<server> server_;
  std::string secret_file_;
};

} // namespace obol::test
