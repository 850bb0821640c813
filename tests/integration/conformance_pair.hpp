#pragma once

#include "obol/testing/internal/server/request_reader.hpp"
#include "obol/testing/internal/server/simulated_server.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/server.hpp"

namespace obol::test {

using request_words = std::vector<std::string>;

using simulated_kind = testing::internal::server_kind;

/// The words of a line as a shell would cut it: blanks part them, `"` keeps
/// them together.
request_words words_of(std::string_view line);

/// A real server and the simulated one of the same kind, given the same
/// commands. What depends on the moment or is in no order is made alike before
/// it is compared.
class ConformanceTest : public server_test {
protected:
  /// Starts both, and opens a connection to each.
  void start_pair(server_options options = {});

  /// Sends a command to both and compares their replies; false after a
  /// difference, which fails the test.
  bool compare(const request_words& request);

  /// The same for every line.
  void compare_all(const std::vector<std::string>& lines);

  /// Sends a command to the real server only.
  redis_reply on_real(const request_words& request);

  /// Everything in both is the same.
  void compare_contents();

  bool has_field_expiry() const {
    return testing::internal::has_hash_field_expiry(kind());
  }

  simulated_kind kind() const;

  std::unique_ptr<server> real;
  std::unique_ptr<testing::internal::simulated_server> simulated;
  testing::internal::server_session session;
  /// Names what runs, in the text of a failure.
  std::string script;

private:
  redis_reply on_simulated(const request_words& request);

  std::unique_ptr<redis_client> client_;
  testing::internal::request_reader requests_;
};

} // namespace obol::test
