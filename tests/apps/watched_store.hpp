#pragma once

#include "apps/http_client.hpp"
#include "obol/facade.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "monitoring/serve_metrics.hpp"

namespace obol::test {

/// Settings of a store on the Unix socket.
inline options options_at(const std::string& socket) {
  options result;
  result.endpoint.kind = endpoint::kind::unix_socket;
  result.endpoint.path = socket;
  result.signing_key = secret{std::string(signing_key_size, 'k')};
  result.log_level = log_level::off;
  return result;
}

/// A store in this process, watched over HTTP.
class watched_store {
public:
  explicit watched_store(options settings,
                         std::function<std::string()> keep_away = {}) {
    auto store = facade::open(std::move(settings));
    EXPECT_TRUE(store);
    store_.emplace(std::move(*store));
    auto endpoint = monitoring::serve_metrics(
      store_->system(),
      {store_->actor(), store_->metrics(), std::move(keep_away)}, {});
    EXPECT_TRUE(endpoint);
    endpoint_.emplace(std::move(*endpoint));
  }

  facade& store() {
    return *store_;
  }

  std::uint16_t port() const {
    return endpoint_->port();
  }

  http_answer get(const std::string& target) const {
    return http_get(port(), target);
  }

private:
  std::optional<facade> store_;
  // Ends first.
  std::optional<monitoring::http_endpoint> endpoint_;
};

} // namespace obol::test
