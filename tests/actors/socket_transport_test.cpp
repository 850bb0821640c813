#include "obol/internal/socket_transport.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <semaphore>
#include <thread>

#include "support_actors/socket_peer.hpp"

namespace obol::internal {
namespace {

using test::listener;
using test::transport_owner;
using test::unique_fd;

class SocketTransportTest : public testing::Test {
protected:
  listener listen_unix() const {
    return listener::unix_socket(directory_.path() / "socket");
  }

  test::temporary_directory directory_;
  std::shared_ptr<transport_factory> factory_
    = make_socket_transport_factory(transport_settings{}, nullptr);
};

// Run once for TCP and once for Unix sockets.
class EachSocketTest : public SocketTransportTest,
                       public testing::WithParamInterface<enum endpoint::kind> {
protected:
  listener listen() const {
    return GetParam() == endpoint::kind::tcp ? listener::tcp() : listen_unix();
  }
};

std::string kind_name(const testing::TestParamInfo<enum endpoint::kind>& kind) {
  return kind.param == endpoint::kind::tcp ? "tcp" : "unix";
}

INSTANTIATE_TEST_SUITE_P(Sockets, EachSocketTest,
                         testing::Values(endpoint::kind::tcp,
                                         endpoint::kind::unix_socket),
                         kind_name);

std::size_t count_open_files() {
  std::filesystem::directory_iterator files{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

std::string pattern(std::size_t size) {
  std::string result(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    result[i] = static_cast<char>((i * 31 + i / 251) & 0xff);
  return result;
}

// -- bytes --------------------------------------------------------------------

TEST_P(EachSocketTest, BytesGoBothWays) {
  auto server = listen();
  transport_owner client{*factory_};

  ASSERT_EQ(client.connect(server.where()), connect_status::connected);
  auto peer = server.accept();
  auto sent = client->send("ping");
  test::write_all(peer, "pong");

  EXPECT_EQ(sent.status, io_status::ok);
  EXPECT_EQ(sent.bytes, 4u);
  EXPECT_EQ(test::read_up_to(peer, 4), "ping");
  EXPECT_EQ(client.receive(4), "pong");
}

TEST_P(EachSocketTest, EverythingArrivesInOrderThroughAFullSocket) {
  // Given a peer that does not read, and a socket filled until it blocks
  auto server = listen();
  transport_owner client{*factory_};
  ASSERT_EQ(client.connect(server.where()), connect_status::connected);
  auto peer = server.accept();
  auto bytes = pattern(64u << 20);
  std::size_t sent = 0;
  auto last = io_status::ok;
  while (last == io_status::ok && sent < bytes.size()) {
    auto result = client->send(std::string_view{bytes}.substr(sent, 1u << 20));
    last = result.status;
    sent += result.bytes;
  }
  ASSERT_EQ(last, io_status::would_block);

  // When the peer sends everything back, and 1 MiB more follows
  auto total = sent + (1u << 20);
  std::thread echo{[&] {
    for (std::size_t done = 0; done < total;) {
      auto part
        = test::read_up_to(peer, std::min<std::size_t>(total - done, 65536));
      test::write_all(peer, part);
      done += part.size();
    }
  }};
  std::string received;
  std::array<char, 65536> buffer;
  while (received.size() < total && client.wait()) {
    io_result got{io_status::ok, buffer.size()};
    while (got.bytes == buffer.size()) {
      got = client->receive(buffer.data(), buffer.size());
      received.append(buffer.data(), got.bytes);
    }
    auto rest = std::string_view{bytes}.substr(sent, total - sent);
    if (!rest.empty())
      sent += client->send(rest).bytes;
  }
  echo.join();

  // Then it is all there, byte for byte
  EXPECT_EQ(received.size(), total);
  EXPECT_TRUE(received == std::string_view{bytes}.substr(0, total));
}

TEST_P(EachSocketTest, EndRightBehindTheLastBytesIsSeen) {
  // The edges of both may be spent on one notification, or on two.
  auto server = listen();
  for (int i = 0; i < 200; ++i) {
    transport_owner client{*factory_};
    ASSERT_EQ(client.connect(server.where()), connect_status::connected);
    auto peer = server.accept();

    test::write_all(peer, "bye");
    peer.close();

    EXPECT_EQ(client.receive(4), "bye");
    EXPECT_EQ(client.last_status, io_status::closed);
  }
}

/// Returns when the poller has passed on every event that came before: events
/// of other sockets come in their turn.
void flush_poller(transport_factory& factory) {
  auto server = listener::tcp();
  transport_owner other{factory};
  other->connect(server.where());
  auto peer = server.accept();
  test::write_all(peer, "x");
  while (other->poll_connect() == connect_status::pending)
    ASSERT_TRUE(other.wait());
  EXPECT_EQ(other.receive(1), "x");
}

/// Lets the owner hear of all that has happened so far.
void settle(transport_owner& client, transport_factory& factory) {
  for (flush_poller(factory); client.notified(); flush_poller(factory))
    client.wait();
}

TEST_P(EachSocketTest, EndWhoseEdgeWasSpentBeforeAShortReadIsSeen) {
  // Given a notification under way, with bytes and the end behind it
  auto server = listen();
  transport_owner client{*factory_};
  ASSERT_EQ(client.connect(server.where()), connect_status::connected);
  auto peer = server.accept();
  settle(client, *factory_);
  test::write_all(peer, "bye");
  peer.close();
  flush_poller(*factory_);

  // When the owner stops at a short read
  ASSERT_TRUE(client.wait());
  ASSERT_FALSE(client.notified());
  std::array<char, 16> buffer;
  EXPECT_EQ(client->receive(buffer.data(), buffer.size()).bytes, 3u);

  // Then it is told once more, and finds the end
  EXPECT_TRUE(client.wait());
  EXPECT_EQ(client->receive(buffer.data(), buffer.size()).status,
            io_status::closed);
}

TEST_P(EachSocketTest, RoomForWritingIsToldToThoseWhoWaitForIt) {
  // Given a socket filled until it blocks
  auto server = listen();
  transport_owner client{*factory_};
  ASSERT_EQ(client.connect(server.where()), connect_status::connected);
  auto peer = server.accept();
  settle(client, *factory_);
  std::string bytes(1u << 20, 'x');
  std::size_t sent = 0;
  io_result last{io_status::ok};
  while (last.status == io_status::ok) {
    last = client->send(bytes);
    sent += last.bytes;
  }
  ASSERT_EQ(last.status, io_status::would_block);
  settle(client, *factory_);

  // When the peer reads it
  EXPECT_EQ(test::read_up_to(peer, sent).size(), sent);

  // Then the owner is told, although nothing came to be read
  EXPECT_TRUE(client.wait());
  EXPECT_EQ(client->send("x").status, io_status::ok);
}

TEST_P(EachSocketTest, PeerThatReadsTellsNobodyWhileThereIsRoom) {
  auto server = listen();
  transport_owner client{*factory_};
  ASSERT_EQ(client.connect(server.where()), connect_status::connected);
  auto peer = server.accept();
  settle(client, *factory_);

  client->send("request");
  EXPECT_EQ(test::read_up_to(peer, 7), "request");
  flush_poller(*factory_);

  EXPECT_FALSE(client.notified());
}

TEST_P(EachSocketTest, WritingToAPeerThatIsGoneFailsAndRaisesNoSignal) {
  auto server = listen();
  transport_owner client{*factory_};
  ASSERT_EQ(client.connect(server.where()), connect_status::connected);
  server.accept().close();

  // The first write may still succeed: only its answer tells.
  auto status = io_status::ok;
  for (int i = 0; i < 100 && status == io_status::ok; ++i) {
    status = client->send("x").status;
    if (status == io_status::ok && !client.wait())
      break;
  }

  EXPECT_EQ(status, io_status::failed);
  EXPECT_NE(client->failure(), "");
}

// -- ends ---------------------------------------------------------------------

TEST_F(SocketTransportTest, ResetTellsThePeerSo) {
  auto server = listener::tcp();
  transport_owner client{*factory_};
  ASSERT_EQ(client.connect(server.where()), connect_status::connected);
  auto peer = server.accept();

  client->reset();

  char byte = 0;
  EXPECT_EQ(::recv(peer.get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_P(EachSocketTest, CloseLetsWhatWasSentArrive) {
  auto server = listen();
  transport_owner client{*factory_};
  ASSERT_EQ(client.connect(server.where()), connect_status::connected);
  auto peer = server.accept();

  client->send("last words");
  client->close();

  EXPECT_EQ(test::read_up_to(peer, 100), "last words");
  EXPECT_EQ(client->send("x").status, io_status::failed);
}

TEST_P(EachSocketTest, NoNotificationRunsAfterClose) {
  auto server = listen();
  std::atomic<int> too_late = 0;
  for (int i = 0; i < 300; ++i) {
    // Given a peer that writes all the time
    std::atomic<bool> closed = false;
    std::counting_semaphore<> notified{0};
    std::unique_ptr<transport> client;
    client = factory_->make([&] {
      too_late += closed.load();
      notified.release();
    });
    client->connect(server.where());
    auto peer = server.accept();
    std::thread writer{[&] {
      while (::send(peer.get(), "x", 1, MSG_NOSIGNAL) == 1)
        ;
    }};

    // When the client closes in the middle of it
    for (int seen = 0; seen <= i % 5; ++seen) {
      EXPECT_TRUE(notified.try_acquire_for(std::chrono::seconds{20}));
      client->acknowledge();
      client->poll_connect();
      std::array<char, 4096> buffer;
      while (client->receive(buffer.data(), buffer.size()).status
             == io_status::ok)
        ;
    }
    if (i % 2)
      client->close();
    else
      client->reset();
    closed = true;
    writer.join();
  }

  // Then nothing came after that
  EXPECT_EQ(too_late, 0);
}

TEST_P(EachSocketTest, FilesAreGivenBack) {
  auto server = listen();
  auto cycle = [&](int i) {
    transport_owner client{*factory_};
    client->connect(server.where());
    if (i % 3 == 0)
      return;
    client->poll_connect();
    if (i % 3 == 1)
      client->close();
    else
      client->reset();
    server.accept();
  };
  // The first starts the poller; those that leave at once stay in the backlog.
  cycle(1);
  auto before = count_open_files();

  for (int i = 0; i < 1000; ++i) {
    cycle(i);
    if (i % 3 == 0)
      server.accept();
  }

  EXPECT_EQ(count_open_files(), before);
}

TEST_F(SocketTransportTest, LastHandleMayFallInsideANotification) {
  // Given a transport whose notification destroys it and, with it, the factory,
  // as happens when it drops the last handle of an actor
  struct shared_state {
    std::unique_ptr<transport> last;
    std::binary_semaphore go{0};
    std::binary_semaphore done{0};
  };
  auto state = std::make_shared<shared_state>();
  auto server = listener::tcp();
  auto factory = make_socket_transport_factory({}, nullptr);
  auto client = factory->make([state] {
    state->go.acquire();
    state->last.reset();
    state->done.release();
  });
  client->connect(server.where());

  // When that runs on the thread of the poller
  state->last = std::move(client);
  factory.reset();
  state->go.release();

  // Then it does not wait for itself
  EXPECT_TRUE(state->done.try_acquire_for(std::chrono::seconds{20}));
}

} // namespace
} // namespace obol::internal
