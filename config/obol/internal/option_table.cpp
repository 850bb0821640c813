#include "obol/internal/option_table.hpp"

#include "obol/internal/parse_value.hpp"
#include "obol/internal/secret_values.hpp"

#include <algorithm>
#include <iterator>

namespace obol::internal {

namespace {

using namespace std::chrono_literals;

using o = const options&;

constexpr std::string_view layout_names[]
  = {"auto", "hash_field_expiry", "three_set"};
constexpr std::string_view payload_format_names[] = {"etf", "json"};
constexpr std::string_view signature_format_names[] = {"charon", "v2"};
constexpr std::string_view write_guard_names[] = {"exactly_once", "charon"};
constexpr std::string_view function_loading_names[] = {"load", "preloaded"};
constexpr std::string_view log_level_names[]
  = {"off", "error", "warning", "info", "debug"};
constexpr std::string_view log_format_names[] = {"logfmt", "json"};
constexpr std::string_view fsync_policy_names[] = {"everysec", "always"};

// Linux' PATH_MAX, less the final zero.
constexpr std::size_t max_path_size = 4'095;

template <auto Member>
choice_value choice(std::span<const std::string_view> names) {
  return {names, [](o x) { return static_cast<std::size_t>(x.*Member); },
          [](options& x, std::size_t index) {
            using type = std::remove_reference_t<decltype(x.*Member)>;
            x.*Member = static_cast<type>(index);
          }};
}

template <auto Member>
text_value text(std::size_t min_size, std::size_t max_size,
                std::string_view forbidden = {}) {
  return {[](o x) -> const std::string& { return x.*Member; }, min_size,
          max_size, forbidden};
}

template <auto Member>
count_value count(std::size_t min, std::size_t max, bool is_bytes = false) {
  return {[](o x) -> const std::size_t& { return x.*Member; }, min, max,
          is_bytes};
}

template <auto Member>
count_value pool_count(std::size_t min, std::size_t max) {
  return {[](o x) -> const std::size_t& { return x.pool.*Member; }, min, max};
}

template <auto Member>
duration_value duration(options::duration min, options::duration max,
                        std::string_view zero = {}) {
  return {[](o x) -> const options::duration& { return x.*Member; }, min, max,
          zero};
}

template <auto Member>
duration_value pool_duration(options::duration min, options::duration max) {
  return {[](o x) -> const options::duration& { return x.pool.*Member; }, min,
          max};
}

template <auto Member>
text_value serve_path() {
  return {[](o x) -> const std::string& { return x.serve.*Member; },
          0,
          max_path_size,
          {},
          true};
}

template <auto Member>
text_value tls_path() {
  return {[](o x) -> const std::string& { return x.serve.node.tls.*Member; },
          0,
          max_path_size,
          {},
          true};
}

template <auto Member>
count_value limit(std::size_t min, std::size_t max) {
  return {[](o x) -> const std::size_t& { return x.serve.node.limits.*Member; },
          min, max};
}

// One reply holds at most 200 000 elements, two for each session.

// What stands from here on is for `obol serve` only.
constexpr std::string_view first_serve_option = "listen";

const option_descriptor table[] = {
  // -- the server -------------------------------------------------------------
  {"redis", "where the server is: redis://, rediss:// or unix://", url_value{}},
  {"username", "the account; empty is the server's default user",
   text<&options::username>(0, 128)},
  {"password", "its password", password_value<&options::password>()},
  {"password_file", "a file with the password", secret_file_value{"password"}},
  {"registrar_username", "a second account that may load functions",
   text<&options::registrar_username>(0, 128)},
  {"registrar_password", "its password",
   password_value<&options::registrar_password>()},
  {"registrar_password_file", "a file with that password",
   secret_file_value{"registrar_password"}},
  {"database", "the database's number", count<&options::database>(0, 65'535)},
  {"client_name", "the connections' name in the server's client list",
   text<&options::client_name>(1, 64)},

  // -- connections ------------------------------------------------------------
  {"pool.size", "permanent connections",
   pool_count<&pool_options::size>(1, 1'000)},
  {"pool.max_overflow", "more connections under load",
   pool_count<&pool_options::max_overflow>(0, 1'000)},
  {"pool.max_in_flight", "requests on one connection at a time",
   pool_count<&pool_options::max_in_flight>(1, 10'000)},
  {"pool.max_waiting", "requests that wait for room",
   pool_count<&pool_options::max_waiting>(0, 1'000'000)},
  {"pool.checkout_timeout", "how long a request waits for room",
   pool_duration<&pool_options::checkout_timeout>(1ms, max_deadline)},
  {"pool.overflow_linger", "how long an overflow connection stays idle",
   pool_duration<&pool_options::overflow_linger>(0ms, 24h)},
  {"connect_timeout", "for resolving, connecting and the handshake",
   duration<&options::connect_timeout>(10ms, 60s)},
  {"command_timeout", "how long a busy connection may bring no reply",
   duration<&options::command_timeout>(10ms, max_deadline)},
  {"deadline", "for a whole call",
   duration<&options::deadline>(1ms, max_deadline)},
  {"backoff_initial", "the first pause before connecting again",
   duration<&options::backoff_initial>(1ms, 10min)},
  {"backoff_max", "the longest pause before connecting again",
   duration<&options::backoff_max>(1ms, 10min)},
  {"health_check_interval", "how often an idle connection is probed",
   duration<&options::health_check_interval>(100ms, 1h)},
  {"tcp_user_timeout", "how long sent bytes may stay unacknowledged",
   duration<&options::tcp_user_timeout>(1s, 10min, "the system's default")},
  {"keepalive_idle", "idle time before the kernel probes the peer",
   duration<&options::keepalive_idle>(1s, 2h)},
  {"keepalive_interval", "time between these probes",
   duration<&options::keepalive_interval>(1s, 10min)},
  {"keepalive_probes", "unanswered probes that end the connection",
   count<&options::keepalive_probes>(1, 20)},
  {"connection_max_lifetime", "age at which a connection is replaced",
   duration<&options::connection_max_lifetime>(1s, 24h * 30, "never")},

  // -- sessions ---------------------------------------------------------------
  {"max_session_bytes", "the largest stored session",
   count<&options::max_session_bytes>(1'024, max_session_limit, true)},
  {"refresh_token_ttl", "lifetime of records too old to have one",
   duration<&options::refresh_token_ttl>(1s, 24h * 3'650)},
  {"key_prefix", "what all keys begin with",
   text<&options::key_prefix>(1, 64, "{}")},
  {"layout", "how sessions lie in the server",
   choice<&options::layout>(layout_names)},
  {"payload_format", "how sessions become bytes",
   choice<&options::payload_format>(payload_format_names)},
  {"signature_format", "how these bytes are signed",
   choice<&options::signature_format>(signature_format_names)},
  {"write_guard", "what an upsert checks",
   choice<&options::write_guard>(write_guard_names)},
  {"functions", "who loads the functions: the store, or an operator before",
   choice<&options::functions>(function_loading_names)},
  {"clock_offset_warning", "offset of the server's clock that is logged",
   duration<&options::clock_offset_warning>(10ms, 1h)},
  {"clock_offset_max", "offset with which the store is not ready",
   duration<&options::clock_offset_max>(100ms, 1h)},

  // -- keys -------------------------------------------------------------------
  {"base_secret", "what the signing key is derived from", base_secret_value()},
  {"base_secret_file", "a file with the base secret",
   secret_file_value{"base_secret"}},
  {"signing_key", "the signing key itself", signing_key_value()},
  {"signing_key_file", "a file with the signing key",
   secret_file_value{"signing_key"}},
  {"signing_key_id", "the signing key's name",
   text<&options::signing_key_id>(1, max_key_id_size)},
  {"verify_keys", "keys that earlier sessions may be signed with",
   verify_keys_value()},
  {"verify_keys_file", "a file with these keys",
   secret_file_value{"verify_keys"}},

  // -- this process -----------------------------------------------------------
  {"log_level", "how much is logged",
   choice<&options::log_level>(log_level_names)},
  {"log_format", "how a line of log is written",
   choice<&options::log_format>(log_format_names)},
  {"idle_spin_us",
   "microseconds an idle worker looks for replies before it "
   "sleeps",
   count<&options::idle_spin_us>(0, 1'000)},

  // -- `obol serve` -----------------------------------------------------------
  {first_serve_option, "where a node listens; port 0 for a free one",
   address_value{
     [](o x) -> const node_address& { return x.serve.node.listen; }}},
  {"tls_certificate_file", "a file with the node's certificate, PEM",
   tls_path<&node_tls::certificate_file>()},
  {"tls_key_file", "a file with its private key, PEM",
   tls_path<&node_tls::key_file>()},
  {"tls_ca_file",
   "a file with the authority that signs peers' certificates, "
   "PEM",
   tls_path<&node_tls::ca_file>()},
  {"limits.max_in_flight", "requests of all peers at a time",
   limit<&gateway_limits::max_in_flight>(1, 65'536)},
  {"limits.max_in_flight_per_peer", "requests of one peer at a time",
   limit<&gateway_limits::max_in_flight_per_peer>(1, 65'536)},
  {"limits.max_rate", "requests a second of all peers; 0 for any number",
   limit<&gateway_limits::max_rate>(0, 10'000'000)},
  {"limits.max_rate_per_peer",
   "requests a second of one peer; 0 for any number",
   limit<&gateway_limits::max_rate_per_peer>(0, 10'000'000)},
  {"limits.max_peers", "connections of peers at a time",
   limit<&gateway_limits::max_peers>(1, 10'000)},
  {"handshake_timeout", "for a new peer to show its certificate and to greet",
   duration_value{[](o x) -> const options::duration& {
                    return x.serve.node.handshake_timeout;
                  },
                  100ms, 60s}},
  {"metrics_listen", "where metrics and health are asked for; off for nowhere",
   address_value{
     [](o x) -> const node_address& { return x.serve.metrics_listen; }, true}},
  {"drain_timeout", "how long a stop waits for the calls under way",
   duration_value{
     [](o x) -> const options::duration& { return x.serve.drain_timeout; },
     100ms, 10min}},
  {"state_dir",
   "where an embedded server keeps the sessions; empty is what "
   "systemd names, or obol in the user's directory for state",
   serve_path<&serve_options::state_dir>()},
  {"server_program",
   "the embedded server's program; empty is redis-server, or "
   "valkey-server without one",
   serve_path<&serve_options::server_program>()},
  {"server_fsync", "how soon its sessions are safe from a loss of power",
   choice_value{
     fsync_policy_names,
     [](o x) { return static_cast<std::size_t>(x.serve.server_fsync); },
     [](options& x, std::size_t index) {
       x.serve.server_fsync = static_cast<fsync_policy>(index);
     }}},
};

std::string with(std::string_view name, std::string_view prefix, char separator,
                 bool upper) {
  std::string result{prefix};
  for (auto c : name) {
    if (c == '.' || c == '_')
      c = separator;
    else if (upper && c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
    result.push_back(c);
  }
  return result;
}

} // namespace

std::span<const option_descriptor> option_table() {
  return table;
}

std::span<const option_descriptor> serve_option_table() {
  return {find_option(first_serve_option), std::end(table)};
}

const option_descriptor* find_option(std::string_view name) {
  auto found = std::find_if(std::begin(table), std::end(table),
                            [name](const auto& x) { return x.name == name; });
  return found == std::end(table) ? nullptr : found;
}

std::string variable_of(const option_descriptor& x) {
  return with(x.name, "OBOL_", '_', true);
}

std::string flag_of(const option_descriptor& x) {
  return with(x.name, "--", '-', false);
}

bool is_secret(const option_descriptor& x) {
  return std::holds_alternative<secret_value>(x.value);
}

} // namespace obol::internal
