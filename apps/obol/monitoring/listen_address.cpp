#include "monitoring/listen_address.hpp"

#include "obol/error.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <unistd.h>

namespace obol::monitoring {

namespace {

/// Connections the kernel accepts for us while all threads are busy.
constexpr int backlog = 16;

caf::error fail(ec code, std::string text) {
  return caf::make_error(code, "metrics address: " + std::move(text));
}

struct socket_address {
  union {
    sockaddr generic;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  socklen_t size = 0;
};

std::optional<socket_address> digits_to_address(const listen_address& x) {
  socket_address result{};
  auto* host = x.host == "localhost" ? "127.0.0.1" : x.host.c_str();
  if (::inet_pton(AF_INET, host, &result.v4.sin_addr) == 1) {
    result.v4.sin_family = AF_INET;
    result.v4.sin_port = htons(x.port);
    result.size = sizeof(result.v4);
    return result;
  }
  if (::inet_pton(AF_INET6, host, &result.v6.sin6_addr) == 1) {
    result.v6.sin6_family = AF_INET6;
    result.v6.sin6_port = htons(x.port);
    result.size = sizeof(result.v6);
    return result;
  }
  return std::nullopt;
}

bool is_loopback(const socket_address& x) {
  if (x.generic.sa_family == AF_INET)
    return ntohl(x.v4.sin_addr.s_addr) >> 24 == 127;
  return IN6_IS_ADDR_LOOPBACK(&x.v6.sin6_addr);
}

std::uint16_t port_of(const socket_address& x) {
  return ntohs(x.generic.sa_family == AF_INET ? x.v4.sin_port : x.v6.sin6_port);
}

} // namespace

caf::expected<listen_address> parse_listen_address(std::string_view text) {
  auto colon = text.rfind(':');
  listen_address result;
  if (colon == text.npos)
    return fail(ec::invalid_argument, "must be HOST:PORT");
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != host.npos)
    return fail(ec::invalid_argument, "an IPv6 host stands in brackets");
  result.host = host;
  auto digits = text.substr(colon + 1);
  auto [end, error] = std::from_chars(
    digits.data(), digits.data() + digits.size(), result.port);
  if (error != std::errc{} || end != digits.data() + digits.size())
    return fail(ec::invalid_argument, "the port must be from 0 to 65535");
  if (!digits_to_address(result))
    return fail(ec::invalid_argument,
                "the host must be an IP address in digits, or localhost");
  return result;
}

caf::expected<listener> listen_at(const listen_address& where) {
  auto address = digits_to_address(where);
  if (!address)
    return fail(ec::invalid_argument,
                "the host must be an IP address in digits, or localhost");
  if (!is_loopback(*address) && !where.beyond_loopback)
    return fail(ec::invalid_argument,
                "other machines could reach it, and nothing protects it there; "
                "that must be allowed explicitly");
  listener result;
  result.socket
    = ::socket(address->generic.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // A port whose last owner has just ended is free. One that is in use is not.
  int on = 1;
  if (result.socket >= 0
      && ::setsockopt(result.socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on))
           == 0
      && ::bind(result.socket, &address->generic, address->size) == 0
      && ::listen(result.socket, backlog) == 0
      && ::getsockname(result.socket, &address->generic, &address->size) == 0) {
    result.port = port_of(*address);
    return result;
  }
  auto reason = std::string{std::strerror(errno)};
  if (result.socket >= 0)
    ::close(result.socket);
  return fail(ec::unavailable, "cannot listen there: " + reason);
}

} // namespace obol::monitoring
