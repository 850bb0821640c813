#pragma once

#include <caf/expected.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "monitoring/listen_address.hpp"

namespace obol::monitoring {

/// What a request is answered with.
struct page {
  int status = 200;
  std::string content_type;
  std::string body;
};

/// Which page stands where. `make` may be called by several threads at a time,
/// and must not throw.
struct route {
  std::string path;
  std::function<page()> make;
};

/// Answers GET and HEAD requests over HTTP, one a connection, in threads of its
/// own. All else is refused.
class http_endpoint {
public:
  // -- limits -----------------------------------------------------------------

  /// Requests that are answered at a time.
  static constexpr std::size_t max_threads = 2;

  /// Connections that wait for that; more wait in the kernel.
  static constexpr std::size_t max_waiting = 16;

  /// How long a request may be, and how long all of it may take.
  static constexpr std::size_t max_request_bytes = 16 * 1024;
  static constexpr std::chrono::seconds max_request_time{5};

  // -- life -------------------------------------------------------------------

  /// Fails as `listen_at` does, and with `unavailable` if the system has no
  /// thread left.
  static caf::expected<http_endpoint> open(const listen_address& where,
                                           std::vector<route> routes);

  http_endpoint(http_endpoint&&) noexcept;
  http_endpoint& operator=(http_endpoint&&) noexcept;

  /// Answers the requests that have come, and hangs up on those that have not.
  ~http_endpoint();

  /// The port it listens on.
  std::uint16_t port() const;

private:
  class implementation;

  explicit http_endpoint(std::unique_ptr<implementation> impl);

  std::unique_ptr<implementation> impl_;
};

} // namespace obol::monitoring
