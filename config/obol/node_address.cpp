#include "obol/error.hpp"
#include "obol/internal/parse_value.hpp"
#include "obol/node_options.hpp"

#include <algorithm>

namespace obol {

namespace {

constexpr std::size_t max_host_size = 253;

constexpr std::size_t max_port = 65535;

caf::error invalid(std::string_view text) {
  return caf::make_error(ec::invalid_argument,
                         "'" + internal::shown(text)
                           + "' is no address of a node; allowed: HOST:PORT, "
                             "[ADDRESS]:PORT or HOST");
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= max_host_size
         && std::all_of(host.begin(), host.end(), [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9') || c == '.' || c == '-'
                     || c == '_' || c == ':' || c == '%';
            });
}

/// 127.0.0.0/8; a name like `127.evil.example` is none.
bool is_ipv4_loopback(std::string_view host) {
  return host.starts_with("127.")
         && std::count(host.begin(), host.end(), '.') == 3
         && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

} // namespace

caf::expected<node_address> parse_node_address(std::string_view text) {
  node_address result;
  auto host = text;
  auto rest = std::string_view{};
  if (text.starts_with('[')) {
    auto end = text.find(']');
    if (end == std::string_view::npos)
      return invalid(text);
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else if (auto colon = text.find(':');
             colon != std::string_view::npos && colon == text.rfind(':')) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (!is_host(host))
    return invalid(text);
  result.host = std::string{host};
  if (rest.empty())
    return result;
  auto port = internal::parse_count(rest.substr(1));
  if (rest.front() != ':' || !port || *port > max_port)
    return invalid(text);
  result.port = static_cast<std::uint16_t>(*port);
  return result;
}

std::string to_string(const node_address& x) {
  auto port = ":" + std::to_string(x.port);
  if (x.host.find(':') != std::string::npos)
    return "[" + x.host + "]" + port;
  return x.host + port;
}

bool is_loopback(const node_address& x) {
  return x.host == "localhost" || x.host == "::1" || is_ipv4_loopback(x.host);
}

} // namespace obol
