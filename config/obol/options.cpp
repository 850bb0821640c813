#include "obol/options.hpp"

#include "obol/error.hpp"
#include "obol/internal/option_table.hpp"
#include "obol/internal/parse_value.hpp"
#include "obol/internal/secret_values.hpp"

#include <algorithm>

namespace obol {

namespace {

// What `sockaddr_un` holds, without the terminating zero.
constexpr std::size_t max_unix_path_size = 107;

constexpr std::size_t max_host_size = 253;

caf::error invalid(std::string text) {
  return caf::make_error(ec::invalid_argument, std::move(text));
}

bool is_host(const std::string& host) {
  return !host.empty() && host.size() <= max_host_size
         && std::all_of(host.begin(), host.end(), [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9') || c == '.' || c == '-'
                     || c == '_' || c == ':' || c == '%';
            });
}

caf::error check_endpoint(const endpoint& x) {
  if (x.tls)
    return caf::make_error(
      ec::misconfigured,
      std::string{"redis: rediss:// asks for TLS, which comes in a later "
                  "release; use redis:// or unix://"});
  if (x.kind == endpoint::kind::unix_socket) {
    if (x.path.empty() || x.path.size() > max_unix_path_size
        || x.path.find('\0') != std::string::npos)
      return invalid("redis: the path of a Unix socket has 1 to 107 bytes");
    return {};
  }
  if (!is_host(x.host))
    return invalid("redis: a host is a name or an address of 1 to 253 "
                   "characters");
  if (x.port == 0)
    return invalid("redis: the port is 0; allowed: 1 to 65535");
  return {};
}

/// Names two options of which the first must not exceed the second.
caf::error check_order(std::string_view first, options::duration smaller,
                       std::string_view second, options::duration larger) {
  if (smaller <= larger)
    return {};
  return invalid(std::string{first} + " is '"
                 + internal::format_duration(smaller) + "'; allowed: at most "
                 + std::string{second} + ", which is '"
                 + internal::format_duration(larger) + "'");
}

caf::error check_accounts(const options& x) {
  if (x.registrar_username.empty() && !x.registrar_password.empty())
    return invalid("registrar_password is set without registrar_username");
  if (!x.username.empty() && x.password.empty())
    return invalid("username is set without password");
  if (!x.registrar_username.empty() && x.registrar_password.empty())
    return invalid("registrar_username is set without registrar_password");
  return {};
}

caf::error check_keys(const options& x) {
  if (x.base_secret.empty() == x.signing_key.empty())
    return invalid("set either base_secret or signing_key: sessions are signed "
                   "with it");
  if (!internal::is_key_id(x.signing_key_id))
    return invalid("signing_key_id is '" + internal::shown(x.signing_key_id)
                   + "'; allowed: 1 to 8 letters, digits, _ or -");
  for (auto i = x.verify_keys.begin(); i != x.verify_keys.end(); ++i) {
    auto is_same = [i](const named_key& y) { return y.id == i->id; };
    if (i->id == x.signing_key_id
        || std::any_of(x.verify_keys.begin(), i, is_same))
      return invalid("verify_keys: the id '" + internal::shown(i->id)
                     + "' occurs twice, or is that of the signing key");
  }
  return {};
}

} // namespace

options options::clone() const {
  options result;
  result.endpoint = endpoint;
  result.username = username;
  result.password = password.clone();
  result.registrar_username = registrar_username;
  result.registrar_password = registrar_password.clone();
  result.database = database;
  result.client_name = client_name;
  result.pool = pool;
  result.connect_timeout = connect_timeout;
  result.command_timeout = command_timeout;
  result.deadline = deadline;
  result.backoff_initial = backoff_initial;
  result.backoff_max = backoff_max;
  result.health_check_interval = health_check_interval;
  result.tcp_user_timeout = tcp_user_timeout;
  result.keepalive_idle = keepalive_idle;
  result.keepalive_interval = keepalive_interval;
  result.keepalive_probes = keepalive_probes;
  result.connection_max_lifetime = connection_max_lifetime;
  result.max_session_bytes = max_session_bytes;
  result.refresh_token_ttl = refresh_token_ttl;
  result.key_prefix = key_prefix;
  result.layout = layout;
  result.payload_format = payload_format;
  result.signature_format = signature_format;
  result.write_guard = write_guard;
  result.functions = functions;
  result.clock_offset_warning = clock_offset_warning;
  result.clock_offset_max = clock_offset_max;
  result.base_secret = base_secret.clone();
  result.signing_key = signing_key.clone();
  result.signing_key_id = signing_key_id;
  for (const auto& key : verify_keys)
    result.verify_keys.push_back(key.clone());
  result.log_level = log_level;
  result.log_format = log_format;
  result.idle_spin_us = idle_spin_us;
  result.serve = serve;
  return result;
}

caf::error validate(const options& x) {
  if (auto error = check_endpoint(x.endpoint))
    return error;
  for (const auto& option : internal::option_table())
    if (auto error = internal::check_value(option, x))
      return error;
  if (auto error = check_order("backoff_initial", x.backoff_initial,
                               "backoff_max", x.backoff_max))
    return error;
  if (auto error = check_order("clock_offset_warning", x.clock_offset_warning,
                               "clock_offset_max", x.clock_offset_max))
    return error;
  if (auto error = check_accounts(x))
    return error;
  return check_keys(x);
}

std::string to_string(const options& x) {
  std::string result;
  for (const auto& option : internal::option_table()) {
    if (std::holds_alternative<internal::secret_file_value>(option.value))
      continue;
    result += option.name;
    result += " = ";
    result += internal::value_of(option, x);
    result += '\n';
  }
  return result;
}

} // namespace obol
