#include "obol/internal/keep_honest.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>

namespace obol::internal {

namespace {

/// What the kernel accepts for its TCP timers, with room to spare.
constexpr std::chrono::seconds max_tcp_timer = std::chrono::hours{8};

void set_option(int fd, int level, int name, int value) {
  // Best effort: a kernel without one of these timers still serves sessions,
  // and the deadlines of the connection hold without them.
  setsockopt(fd, level, name, &value, sizeof(value));
}

int timer_seconds(std::chrono::seconds value) {
  auto least = std::chrono::seconds{1};
  return static_cast<int>(std::clamp(value, least, max_tcp_timer).count());
}

} // namespace

void keep_honest(int fd, const transport_settings& settings) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE,
             timer_seconds(settings.keepalive_idle));
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL,
             timer_seconds(settings.keepalive_interval));
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, settings.keepalive_count);
  set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
             timer_seconds(settings.tcp_user_timeout) * 1000);
}

} // namespace obol::internal
