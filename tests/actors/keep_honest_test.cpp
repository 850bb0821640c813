#include "obol/internal/keep_honest.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <string>

#include "support_actors/socket_peer.hpp"

namespace obol::internal {
namespace {

using namespace std::chrono_literals;

int option(const test::unique_fd& socket, int level, int name) {
  int result = -1;
  socklen_t size = sizeof(result);
  EXPECT_EQ(::getsockopt(socket.get(), level, name, &result, &size), 0);
  return result;
}

TEST(KeepHonestTest, PeerThatSaysNothingIsAskedAndGivenUp) {
  test::unique_fd socket{::socket(AF_INET, SOCK_STREAM, 0)};
  transport_settings settings;
  settings.tcp_user_timeout = 5s;
  settings.keepalive_idle = 7s;
  settings.keepalive_interval = 3s;
  settings.keepalive_count = 2;
  keep_honest(socket.get(), settings);

  EXPECT_EQ(option(socket, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPIDLE), 7);
  EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPINTVL), 3);
  EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPCNT), 2);
  EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT), 5000);
}

TEST(KeepHonestTest, SocketThatIsNoTcpServesAsBefore) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  test::unique_fd one{ends[0]};
  test::unique_fd other{ends[1]};
  keep_honest(one.get(), {});

  test::write_all(one, "words");
  EXPECT_EQ(test::read_up_to(other, 5), "words");
}

} // namespace
} // namespace obol::internal
