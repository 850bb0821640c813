#include "obol/internal/socket_transport.hpp"

#include <gtest/gtest.h>
#include <sys/un.h>

#include <chrono>
#include <memory>
#include <string>

#include "support_actors/socket_peer.hpp"

namespace obol::internal {
namespace {

using test::listener;
using test::transport_owner;

std::shared_ptr<poller> own_poller() {
  return std::make_shared<poller>(poller::driver::own_thread);
}

class SocketConnectTest : public testing::Test {
protected:
  test::temporary_directory directory_;
  std::shared_ptr<transport_factory> factory_
    = make_socket_transport_factory(transport_settings{}, nullptr);
};

TEST_F(SocketConnectTest, PortNobodyListensOnIsRefused) {
  auto server = listener::refusing();
  transport_owner client{*factory_};

  EXPECT_EQ(client.connect(server.where()), connect_status::failed);
  EXPECT_EQ(client->failure(), "connection refused");
}

TEST_F(SocketConnectTest, MissingSocketFileFails) {
  endpoint where;
  where.kind = endpoint::kind::unix_socket;
  where.path = directory_.path() / "nobody";
  transport_owner client{*factory_};

  EXPECT_EQ(client.connect(where), connect_status::failed);
  EXPECT_EQ(client->failure(), "socket file does not exist");
}

TEST_F(SocketConnectTest, TooLongPathIsRefusedAndNotCutOff) {
  // Given a server at the longest path there is
  constexpr auto longest = sizeof(sockaddr_un{}.sun_path) - 1;
  auto path = directory_.path().string() + "/";
  path.resize(longest, 'x');
  auto server = listener::unix_socket(path);

  // When one connects there and another to a path of which that is a prefix
  transport_owner exact{*factory_};
  auto reached = exact.connect(server.where());
  auto longer = server.where();
  longer.path += 'x';
  transport_owner client{*factory_};
  auto refused = client.connect(longer);

  // Then the second is not led to the server of the first
  EXPECT_EQ(reached, connect_status::connected);
  EXPECT_EQ(refused, connect_status::failed);
  EXPECT_EQ(client->failure(), "socket path is empty, too long or not valid");
}

TEST_F(SocketConnectTest, EncryptedEndpointIsRefusedRatherThanSpokenToInClear) {
  auto server = listener::tcp();
  auto where = server.where();
  where.tls = true;
  transport_owner client{*factory_};

  EXPECT_EQ(client.connect(where), connect_status::failed);
  EXPECT_EQ(client->failure(), "TLS is not supported yet");
}

TEST_F(SocketConnectTest, NamesAreLookedUp) {
  auto server = listener::tcp();
  auto where = server.where();
  where.host = "localhost";
  transport_owner client{*factory_};

  // ::1 refuses, if it exists, and 127.0.0.1 is next.
  EXPECT_EQ(client.connect(where), connect_status::connected)
    << client->failure();
}

TEST_F(SocketConnectTest, NextAddressIsTriedWhenOneRefuses) {
  auto deaf = listener::refusing();
  auto server = listener::tcp();
  auto lookup = [&](const std::string&, std::uint16_t) -> lookup_result {
    return {{*numeric_address("127.0.0.1", deaf.where().port),
             *numeric_address("127.0.0.1", server.where().port)},
            {}};
  };
  auto factory = make_socket_transport_factory({}, lookup, own_poller());
  transport_owner client{*factory};
  endpoint where;
  where.host = "two.addresses";

  EXPECT_EQ(client.connect(where), connect_status::connected);
}

TEST_F(SocketConnectTest, UnknownNameFails) {
  auto lookup = [](const std::string&, std::uint16_t) -> lookup_result {
    return {{}, "host not found"};
  };
  auto factory = make_socket_transport_factory({}, lookup, own_poller());
  transport_owner client{*factory};
  endpoint where;
  where.host = "no.such.host";

  EXPECT_EQ(client.connect(where), connect_status::failed);
  EXPECT_EQ(client->failure(), "host not found");
}

TEST_F(SocketConnectTest, ConnectWithoutAnswerStaysPendingUntilReset) {
  auto server = listener::silent();
  transport_owner client{*factory_};

  client->connect(server.where());

  EXPECT_EQ(client->poll_connect(), connect_status::pending);
  EXPECT_FALSE(client.notified());
  client->reset();
  EXPECT_EQ(client->poll_connect(), connect_status::failed);
}

TEST_F(SocketConnectTest, AddressThatDidNotAnswerIsTriedLastNextTime) {
  // Given a name with a silent address before a good one
  auto silent = listener::silent();
  auto server = listener::tcp();
  auto lookup = [&](const std::string&, std::uint16_t) -> lookup_result {
    return {{*numeric_address("127.0.0.1", silent.where().port),
             *numeric_address("127.0.0.1", server.where().port)},
            {}};
  };
  transport_settings patient;
  patient.tcp_user_timeout = std::chrono::hours{1};
  auto factory = make_socket_transport_factory(patient, lookup, own_poller());
  endpoint where;
  where.host = "half.dead";

  // When a first connect is given up while it waits for the silent one
  transport_owner first{*factory};
  first->connect(where);
  ASSERT_TRUE(first.wait());
  ASSERT_EQ(first->poll_connect(), connect_status::pending);
  first->reset();

  // Then the second connect reaches the good one
  transport_owner second{*factory};
  EXPECT_EQ(second.connect(where), connect_status::connected);
}

} // namespace
} // namespace obol::internal
