#include "obol/url.hpp"

#include "obol/error.hpp"
#include "obol/internal/option_table.hpp"
#include "obol/internal/parse_value.hpp"

#include <caf/expected.hpp>

#include <optional>
#include <string>
#include <utility>

namespace obol {

namespace {

constexpr auto npos = std::string_view::npos;

/// A URL in pieces, still percent-encoded.
struct pieces {
  std::string_view scheme;
  std::optional<std::string_view> userinfo;
  std::string_view host_and_port;
  std::string_view path;
  std::string_view query;
};

caf::error invalid(std::string text) {
  return caf::make_error(ec::invalid_argument, "redis: " + std::move(text));
}

caf::error not_yet(std::string text) {
  return caf::make_error(ec::misconfigured, "redis: " + std::move(text));
}

/// Cuts at the first of these characters, which stays with the rest.
std::string_view cut(std::string_view& rest, std::string_view at) {
  auto part = rest.substr(0, rest.find_first_of(at));
  rest.remove_prefix(part.size());
  return part;
}

caf::expected<pieces> split(std::string_view url) {
  pieces result;
  auto end = url.find("://");
  if (end == npos)
    return invalid("a URL like redis://host:6379/0 is expected");
  result.scheme = url.substr(0, end);
  if (result.scheme == "memory")
    return not_yet("memory:// comes in a later release; use redis:// or "
                   "unix://");
  if (result.scheme != "redis" && result.scheme != "rediss"
      && result.scheme != "unix")
    return invalid("the scheme is not known; allowed: redis, rediss, unix");
  url.remove_prefix(end + 3);
  auto authority = cut(url, "/?#");
  if (auto at = authority.rfind('@'); at != npos) {
    result.userinfo = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  result.host_and_port = authority;
  // An unencoded / or ? in a password ends up here, together with the @.
  if (url.find('@') != npos)
    return invalid("there is an @ after the host: special characters in user "
                   "name and password must be percent-encoded");
  if (url.find('#') != npos)
    return invalid("a fragment (#) is not allowed");
  result.path = cut(url, "?");
  if (!url.empty())
    result.query = url.substr(1);
  return result;
}

/// What percent-encoded text stands for; empty if it is malformed or contains
/// a zero byte.
std::optional<std::string> decode(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result.push_back(text[i]);
      continue;
    }
    auto digits = text.substr(i + 1, 2);
    auto byte = digits.size() == 2 ? internal::parse_hex(digits) : std::nullopt;
    if (!byte || (*byte)[0] == '\0') {
      wipe(result);
      return std::nullopt;
    }
    result += *byte;
    i += 2;
  }
  return result;
}

caf::error apply_userinfo(options& target, std::string_view userinfo,
                          url_password password) {
  auto colon = userinfo.find(':');
  auto user = decode(userinfo.substr(0, colon));
  if (!user)
    return invalid("the user name has a wrong percent-encoding");
  // `:password@` names no user.
  if (!user->empty())
    target.username = std::move(*user);
  if (colon == npos)
    return {};
  if (password == url_password::refused)
    return invalid("a password is not taken from a URL here, where others can "
                   "read it; use OBOL_PASSWORD or password_file");
  auto decoded = decode(userinfo.substr(colon + 1));
  if (!decoded)
    return invalid("the password has a wrong percent-encoding");
  target.password = secret{std::move(*decoded)};
  return {};
}

caf::error apply_host(endpoint& target, std::string_view text) {
  auto port = std::string_view{};
  if (text.starts_with('[')) {
    auto end = text.find(']');
    if (end == npos)
      return invalid("the ] after an IPv6 address is missing");
    target.host = std::string{text.substr(1, end - 1)};
    text.remove_prefix(end + 1);
    if (!text.empty() && text[0] != ':')
      return invalid("after ] comes : and the port, or the path");
    port = text;
  } else {
    auto host = cut(text, ":");
    target.host = std::string{host};
    port = text;
  }
  if (target.host.empty())
    return invalid("the host is missing");
  target.port = 6379;
  if (port.empty())
    return {};
  auto number = internal::parse_count(port.substr(1));
  if (!number || *number == 0 || *number > 65'535)
    return invalid("the port is not a number from 1 to 65535; IPv6 addresses "
                   "stand in brackets");
  target.port = static_cast<std::uint16_t>(*number);
  return {};
}

caf::error apply_database(options& target, std::string_view text) {
  return internal::set_value(*internal::find_option("database"), target, text,
                             "redis: database");
}

caf::error apply_tcp(options& target, const pieces& url) {
  target.endpoint.kind = endpoint::kind::tcp;
  target.endpoint.tls = url.scheme == "rediss";
  target.endpoint.path.clear();
  if (auto error = apply_host(target.endpoint, url.host_and_port))
    return error;
  if (url.path.size() <= 1)
    return {};
  auto number = internal::parse_count(url.path.substr(1));
  if (!number)
    return invalid("the path is not the number of a database");
  target.database = *number;
  return {};
}

caf::error apply_unix(options& target, const pieces& url) {
  if (!url.host_and_port.empty())
    return invalid("a Unix socket has no host: write unix:///path, with three "
                   "slashes");
  auto path = decode(url.path);
  if (!path || path->size() <= 1)
    return invalid("the path of the Unix socket is missing or has a wrong "
                   "percent-encoding");
  target.endpoint = {};
  target.endpoint.kind = endpoint::kind::unix_socket;
  target.endpoint.host.clear();
  target.endpoint.port = 0;
  target.endpoint.path = std::move(*path);
  return {};
}

caf::error apply_parameter(options& target, const pieces& url,
                           std::string_view name, std::string_view encoded) {
  auto value = decode(encoded);
  if (!value)
    return invalid("a parameter has a wrong percent-encoding");
  if (name == "db" && url.scheme == "unix")
    return apply_database(target, *value);
  auto option = internal::find_option(name);
  // Not repeated: it may be the rest of a password with an unencoded `?`.
  if (!option || std::holds_alternative<internal::url_value>(option->value))
    return invalid("a parameter is not the name of an option, like pool.size");
  if (internal::is_secret(*option)
      || std::holds_alternative<internal::secret_file_value>(option->value))
    return invalid("a parameter cannot set " + std::string{option->name});
  return internal::set_value(*option, target, *value,
                             "redis: " + std::string{option->name});
}

caf::error apply_query(options& target, const pieces& url) {
  auto rest = url.query;
  while (!rest.empty()) {
    auto parameter = cut(rest, "&");
    if (!rest.empty())
      rest.remove_prefix(1);
    auto equals = parameter.find('=');
    if (equals == npos)
      return invalid("a parameter has no value");
    if (auto error = apply_parameter(target, url, parameter.substr(0, equals),
                                     parameter.substr(equals + 1)))
      return error;
  }
  return {};
}

} // namespace

caf::error apply_url(options& target, std::string_view url,
                     url_password password) {
  if (url.size() > max_url_size)
    return invalid("the URL is longer than 4096 bytes");
  auto parts = split(url);
  if (!parts)
    return std::move(parts.error());
  auto changed = target.clone();
  auto error = parts->scheme == "unix" ? apply_unix(changed, *parts)
                                       : apply_tcp(changed, *parts);
  if (error)
    return error;
  if (parts->userinfo)
    if (auto failed = apply_userinfo(changed, *parts->userinfo, password))
      return failed;
  if (auto failed = apply_query(changed, *parts))
    return failed;
  target = std::move(changed);
  return {};
}

} // namespace obol
