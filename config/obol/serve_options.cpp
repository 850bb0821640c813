#include "obol/serve_options.hpp"

#include "obol/error.hpp"

#include <string>

namespace obol {

caf::error validate(const serve_options& x) {
  if (auto error = validate(x.node))
    return error;
  const auto& metrics = x.metrics_listen;
  if (metrics.host.empty() || is_loopback(metrics))
    return {};
  return caf::make_error(ec::invalid_argument,
                         "metrics_listen is '" + to_string(metrics)
                           + "', which is not this machine; allowed: a "
                             "loopback address, or off");
}

} // namespace obol
