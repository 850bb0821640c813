#include "obol/node_options.hpp"

#include "obol/error.hpp"
#include "obol/internal/parse_value.hpp"
#include "obol/options.hpp"

#include <string>

namespace obol {

namespace {

using namespace std::chrono_literals;
using duration = std::chrono::milliseconds;

/// Bounds of what is counted: each may cost memory.
constexpr std::size_t in_flight_max = 65'536;
constexpr std::size_t rate_max = 10'000'000;
constexpr std::size_t peers_max = 10'000;

caf::error invalid(std::string text) {
  return caf::make_error(ec::invalid_argument, std::move(text));
}

caf::error check_count(const char* name, std::size_t value, std::size_t low,
                       std::size_t high) {
  if (value >= low && value <= high)
    return {};
  return invalid(std::string{name} + " is '" + std::to_string(value)
                 + "'; allowed: " + std::to_string(low) + " to "
                 + std::to_string(high));
}

caf::error check_time(const char* name, duration value, duration low,
                      duration high) {
  if (value >= low && value <= high)
    return {};
  return invalid(std::string{name} + " is '" + internal::format_duration(value)
                 + "'; allowed: " + internal::format_duration(low) + " to "
                 + internal::format_duration(high));
}

caf::error check_clear(const char* name, const node_address& where,
                       const node_tls& tls) {
  if (tls.enabled() || is_loopback(where))
    return {};
  return caf::make_error(
    ec::misconfigured,
    std::string{name} + " is '" + internal::shown(to_string(where))
      + "', which is not this machine: sessions would cross the network "
        "unprotected; set tls_certificate_file, tls_key_file and tls_ca_file");
}

/// The first error there is.
template <class... Checks>
caf::error first(Checks... checks) {
  caf::error result;
  static_cast<void>(((result = checks(), static_cast<bool>(result)) || ...));
  return result;
}

} // namespace

caf::error validate(const node_tls& x) {
  if (!x.enabled())
    return {};
  for (auto [name, value] : {
         std::pair{"tls_certificate_file", &x.certificate_file},
         std::pair{"tls_key_file", &x.key_file},
         std::pair{"tls_ca_file", &x.ca_file},
       })
    if (value->empty())
      return invalid(std::string{name}
                     + " is missing: certificate, key and authority go "
                       "together");
  return {};
}

caf::error validate(const node_options& x) {
  auto& limits = x.limits;
  return first(
    [&] { return validate(x.tls); },
    [&] { return check_clear("listen", x.listen, x.tls); },
    [&] {
      return check_count("limits.max_in_flight", limits.max_in_flight, 1,
                         in_flight_max);
    },
    [&] {
      return check_count("limits.max_in_flight_per_peer",
                         limits.max_in_flight_per_peer, 1, in_flight_max);
    },
    [&] { return check_count("limits.max_rate", limits.max_rate, 0, rate_max); },
    [&] {
      return check_count("limits.max_rate_per_peer", limits.max_rate_per_peer,
                         0, rate_max);
    },
    [&] { return check_count("limits.max_peers", limits.max_peers, 1, peers_max); },
    [&] {
      return check_time("handshake_timeout", x.handshake_timeout, 100ms, 60s);
    });
}

caf::error validate(const remote_options& x) {
  if (auto error = validate(x.tls))
    return error;
  if (auto error = check_count("the number of nodes", x.nodes.size(), 1,
                               max_nodes))
    return error;
  for (auto& node : x.nodes) {
    if (node.port == 0)
      return invalid("nodes: a port is 0; allowed: 1 to 65535");
    if (auto error = check_clear("nodes", node, x.tls))
      return error;
  }
  return first(
    [&] { return check_time("deadline", x.deadline, 1ms, max_deadline); },
    [&] {
      return check_count("max_in_flight", x.max_in_flight, 1, in_flight_max);
    },
    [&] { return check_time("connect_timeout", x.connect_timeout, 10ms, 60s); },
    [&] { return check_time("probe_interval", x.probe_interval, 10ms, 60s); },
    [&] {
      return check_time("progress_timeout", x.progress_timeout, 10ms, 60s);
    },
    [&] { return check_time("backoff_max", x.backoff_max, 1ms, 10min); },
    [&] {
      return check_time("backoff_initial", x.backoff_initial, 1ms,
                        x.backoff_max);
    });
}

} // namespace obol
