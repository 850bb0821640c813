#include <gtest/gtest.h>

#include <array>

#include "support_actors/fake_redis.hpp"
#include "support_actors/memory_transport.hpp"

namespace obol::test {
namespace {

using internal::connect_status;
using internal::io_status;

/// A client that only counts its notifications.
struct memory_client {
  explicit memory_client(memory_network& network)
    : stream(network.make([this] { ++notified; })) {
    stream->connect(endpoint{});
  }

  std::string receive(std::size_t size = 100) {
    std::array<char, 100> buffer;
    auto got = stream->receive(buffer.data(), size);
    last = got.status;
    return {buffer.data(), got.bytes};
  }

  int notified = 0;
  io_status last = io_status::ok;
  std::unique_ptr<internal::transport> stream;
};

class MemoryNetworkTest : public testing::Test {
protected:
  /// A client that is connected and has acknowledged it.
  std::unique_ptr<memory_client> connected() {
    auto result = std::make_unique<memory_client>(network_);
    network_.deliver();
    result->stream->acknowledge();
    result->notified = 0;
    return result;
  }

  const std::string ping_ = resp::array({resp::bulk("PING")});

  std::shared_ptr<fake_redis> server_ = std::make_shared<fake_redis>(
    [](const fake_redis::arguments&) { return resp::simple("PONG"); });
  memory_network network_{server_};
};

TEST_F(MemoryNetworkTest, NothingMovesBeforeItIsDelivered) {
  memory_client client{network_};
  EXPECT_EQ(client.stream->poll_connect(), connect_status::pending);

  EXPECT_TRUE(network_.deliver());

  EXPECT_EQ(client.stream->poll_connect(), connect_status::connected);
  EXPECT_EQ(client.notified, 1);
  EXPECT_FALSE(network_.deliver());
}

TEST_F(MemoryNetworkTest, RequestIsAnsweredAndRecorded) {
  auto client = connected();

  // A request in two pieces is one request.
  client->stream->send(ping_.substr(0, 5));
  network_.deliver();
  client->stream->send(ping_.substr(5));
  network_.deliver();

  EXPECT_EQ(client->receive(), "+PONG\r\n");
  EXPECT_EQ(client->notified, 1);
  EXPECT_EQ(server_->requests(1),
            (std::vector<fake_redis::arguments>{{"PING"}}));
  EXPECT_EQ(network_.send_calls(1), 2u);
  EXPECT_EQ(network_.sent(1), ping_);
}

TEST_F(MemoryNetworkTest, OneNotificationIsUnderWayUntilAcknowledged) {
  auto client = connected();
  network_.push(1, "a");
  network_.deliver();
  network_.push(1, "b");
  network_.deliver();
  EXPECT_EQ(client->notified, 1);

  client->stream->acknowledge();
  EXPECT_EQ(client->receive(), "ab");
  network_.push(1, "c");
  network_.deliver();

  EXPECT_EQ(client->notified, 2);
}

TEST_F(MemoryNetworkTest, ConnectsAreRefusedOrHangAsTold) {
  network_.refuse_connects(true);
  memory_client refused{network_};
  network_.deliver();
  EXPECT_EQ(refused.stream->poll_connect(), connect_status::failed);
  EXPECT_EQ(refused.stream->failure(), "connection refused");

  network_.refuse_connects(false);
  network_.hang_connects(true);
  memory_client hanging{network_};
  EXPECT_FALSE(network_.deliver());
  network_.hang_connects(false);
  network_.deliver();

  EXPECT_EQ(hanging.stream->poll_connect(), connect_status::connected);
  EXPECT_EQ(network_.connects(), 2u);
  EXPECT_EQ(network_.opened(), 1u);
}

TEST_F(MemoryNetworkTest, HeldRepliesComeWhenReleased) {
  auto client = connected();
  network_.hold_replies(true);
  client->stream->send(ping_);
  network_.deliver();
  EXPECT_EQ(server_->count("PING"), 1u);
  EXPECT_EQ(client->receive(), "");

  network_.release_bytes(1, 3);
  network_.deliver();
  EXPECT_EQ(client->receive(), "+PO");
  network_.hold_replies(false);
  network_.deliver();

  EXPECT_EQ(client->receive(), "NG\r\n");
}

TEST_F(MemoryNetworkTest, SplitRepliesComePieceByPiece) {
  auto client = connected();
  network_.split_replies(4);
  client->stream->send(ping_);

  std::vector<std::string> pieces;
  while (network_.deliver()) {
    client->stream->acknowledge();
    pieces.push_back(client->receive());
  }

  EXPECT_EQ(pieces, (std::vector<std::string>{"+PON", "G\r\n"}));
  EXPECT_EQ(client->notified, 2);
}

TEST_F(MemoryNetworkTest, FullStreamTakesPartAndTellsWhenThereIsRoom) {
  auto client = connected();
  network_.limit_send(5);

  auto first = client->stream->send(ping_);
  auto second = client->stream->send(ping_.substr(first.bytes));
  EXPECT_EQ(first.bytes, 5u);
  EXPECT_EQ(second.status, io_status::would_block);
  EXPECT_EQ(client->notified, 0);
  network_.deliver();

  EXPECT_EQ(client->notified, 1);
  EXPECT_EQ(client->stream->send(ping_.substr(5)).bytes, 5u);
}

TEST_F(MemoryNetworkTest, OrderlyEndComesBehindTheReplies) {
  auto client = connected();
  network_.push(1, "bye");
  network_.drop(1, memory_network::ending::closed);
  network_.deliver();
  client->stream->acknowledge();

  // The end is told again, because a short read hides it.
  EXPECT_EQ(client->receive(), "bye");
  EXPECT_TRUE(network_.deliver());
  EXPECT_EQ(client->notified, 2);
  EXPECT_EQ(client->receive(), "");
  EXPECT_EQ(client->last, io_status::closed);
  EXPECT_TRUE(network_.open().empty());
}

TEST_F(MemoryNetworkTest, BrokenConnectionLosesTheReplyToARequestThatWasRead) {
  auto client = connected();
  server_->answer_with([this](const fake_redis::arguments&) {
    network_.drop(server_->serving(), memory_network::ending::broken);
    return resp::simple("OK");
  });

  client->stream->send(ping_);
  network_.deliver();

  EXPECT_EQ(client->receive(), "");
  EXPECT_EQ(client->last, io_status::failed);
  EXPECT_EQ(client->stream->failure(), "connection reset by the server");
  EXPECT_EQ(server_->count("PING"), 1u);
}

TEST_F(MemoryNetworkTest, HungServerReadsLaterWhatWasClosedButNotWhatWasReset) {
  auto closed = connected();
  auto reset = connected();
  network_.pause_server(true);
  for (auto* client : {closed.get(), reset.get()})
    client->stream->send(ping_);

  closed->stream->close();
  reset->stream->reset();
  network_.pause_server(false);
  network_.deliver();

  EXPECT_EQ(server_->requests(1).size(), 1u);
  EXPECT_EQ(server_->requests(2).size(), 0u);
  EXPECT_EQ(network_.ended_by_client(2), client_end::reset);
}

} // namespace
} // namespace obol::test
