#include "obol/nodes.hpp"

#include <caf/io/all.hpp>
#include <gmock/gmock.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "integration/node_fixture.hpp"
#include "integration/raw_peer.hpp"

using namespace obol;
using namespace obol::test;
using testing::HasSubstr;
using testing::Not;

namespace {

/// Of this process, in KiB.
long resident_kib() {
  std::ifstream in{"/proc/self/status"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("VmRSS:"))
      return std::stol(line.substr(6));
  return 0;
}

/// Somebody who is let in, by TLS with a certificate of ours or because there
/// is no encryption, and means harm.
class NodeAttackTest : public testing::TestWithParam<bool> {
protected:
  void SetUp() override {
    auto kind = require_server("redis-7");
    if (!kind)
      GTEST_SKIP() << "redis-7 is missing";
    target = std::make_unique<server>(*kind);
    if (GetParam()) {
      settings.tls = certificates.issue("node");
      peer_tls = certificates.issue("peer");
    }
  }

  void TearDown() override {
    if (HasFailure())
      std::cerr << book.text();
  }

  void start() {
    node = std::make_unique<test_node>(*target, settings, book.sink());
    auto tls = GetParam() ? certificates.issue("client") : node_tls{};
    client = std::make_unique<facade>(
      ready_client(client_of(tls, *node), book.sink()));
    value(client->upsert(new_session("planted-id")));
  }

  std::unique_ptr<raw_peer> connect() {
    return GetParam() ? std::make_unique<raw_peer>(node->port(), peer_tls)
                      : std::make_unique<raw_peer>(node->port());
  }

  /// What comes of a frame after a proper greeting: true if the connection is
  /// ended without an answer.
  bool is_ended(raw_frame x) {
    auto peer = connect();
    auto node_greeting = greet(*peer);
    EXPECT_EQ(node_greeting.node_id.size(), 32u);
    if (x.destination == gateway)
      x.destination = node_greeting.actor;
    peer->send(x.bytes());
    auto answer = peer->receive_all();
    // What the node says of its own accord: the greeting's second half and
    // notices. Never a message.
    return answer && !contains_message(*answer);
  }

  /// Asks the gateway something harmless.
  static raw_frame probe_of(const greeting& node) {
    raw_frame result;
    result.destination = node.actor;
    result.payload = message_payload("obol::probe_request", "");
    return result;
  }

  /// Whether a request of a peer's actor is answered.
  static bool is_served(raw_peer& peer, const greeting& node,
                        std::uint64_t actor = 77) {
    auto request = probe_of(node);
    request.source = actor;
    if (!peer.send(request.bytes()))
      return false;
    std::string answer;
    while (!contains_message(answer)) {
      auto more = peer.receive(1);
      if (more.empty())
        return false;
      answer += more;
    }
    return true;
  }

  static bool contains_message(const std::string& bytes) {
    return bytes.find("@<>+") != std::string::npos;
  }

  /// The honest client, connected all the time, has noticed nothing.
  void expect_undisturbed() {
    EXPECT_EQ(client->status().connections_lost, 0u);
    EXPECT_EQ(outcome(client->get(key_of("planted-id"))), "ok");
    EXPECT_THAT(book.text(), Not(HasSubstr("planted")));
  }

  /// Stands for the gateway's number.
  static constexpr std::uint64_t gateway = ~std::uint64_t{0};

  log_book book;
  test_certificates certificates;
  std::unique_ptr<server> target;
  node_options settings;
  node_tls peer_tls;
  std::unique_ptr<test_node> node;
  std::unique_ptr<facade> client;
};

std::string transport_name(const testing::TestParamInfo<bool>& x) {
  return x.param ? "Tls" : "Plain";
}

INSTANTIATE_TEST_SUITE_P(Over, NodeAttackTest, testing::Bool(), transport_name);

/// With CAF's own network module, which speaks no TLS.
class PlainNodeAttackTest : public NodeAttackTest {};

INSTANTIATE_TEST_SUITE_P(Over, PlainNodeAttackTest, testing::Values(false),
                         transport_name);

raw_frame to_gateway(std::string payload) {
  raw_frame result;
  result.destination = ~std::uint64_t{0};
  result.payload = std::move(payload);
  return result;
}

} // namespace

TEST_P(NodeAttackTest, GatewayAnswersARawRequestInOrder) {
  // So that the others prove something: the same bytes, with a right message.
  start();
  auto peer = connect();
  auto x = to_gateway(message_payload("obol::probe_request", ""));
  x.destination = greet(*peer).actor;
  ASSERT_TRUE(peer->send(x.bytes()));
  std::string answer;
  while (!contains_message(answer)) {
    auto more = peer->receive(1);
    ASSERT_FALSE(more.empty());
    answer += more;
  }
}

TEST_P(NodeAttackTest, ServersOfTheFrameworkAreOutOfReach) {
  start();
  for (auto name : {caf::atom("SpawnServ"), caf::atom("ConfigServ"),
                    caf::atom("StreamServ")}) {
    auto x = to_gateway(message_payload("@atom", "12345678"));
    x.flags = 1;
    x.destination = static_cast<std::uint64_t>(name);
    EXPECT_TRUE(is_ended(x));
  }
  EXPECT_THAT(book.text(), HasSubstr("to an actor by name"));
  expect_undisturbed();
}

TEST_P(NodeAttackTest, NoOtherActorIsWithinReach) {
  start();
  for (std::uint64_t id = 0; id < 40; ++id) {
    auto x = to_gateway(message_payload("obol::status_request", ""));
    auto peer = connect();
    auto own = greet(*peer).actor;
    if (id == own)
      continue;
    x.destination = id;
    peer->send(x.bytes());
    auto answer = peer->receive_all();
    ASSERT_TRUE(answer) << id;
    EXPECT_FALSE(contains_message(*answer)) << id;
  }
  expect_undisturbed();
}

TEST_P(NodeAttackTest, MessagesThatAreNotOursEndTheConnection) {
  start();
  for (auto type : {"@str", "@message", "@strong_actor_ptr", "@exit",
                    "@down", "@error", "obol::wait_ready_request",
                    "obol::subscribe_request", "obol::get_answer", "@nowhere"})
    EXPECT_TRUE(is_ended(to_gateway(message_payload(type, "planted")))) << type;
  // Several values, and an actor it is passed on by.
  EXPECT_TRUE(is_ended(to_gateway(
    message_payload("obol::status_request+obol::status_request", ""))));
  EXPECT_TRUE(is_ended(to_gateway("\x01" + std::string(40, '\0'))));
  expect_undisturbed();
}

TEST_P(NodeAttackTest, RequestsThatAreBrokenInsideAreDropped) {
  start();
  for (auto type : {"obol::get_request", "obol::upsert_request"})
    for (auto values : {std::string{}, std::string{"\xff\xff\xff\xff\xff"},
                        std::string(64, '\x7f')}) {
      auto peer = connect();
      auto x = to_gateway(message_payload(type, values));
      x.destination = greet(*peer).actor;
      peer->send(x.bytes());
    }
  expect_undisturbed();
}

TEST_P(NodeAttackTest, ForgedAnswersAndUnansweredMessagesEndTheConnection) {
  start();
  auto x = to_gateway(message_payload("@exit", ""));
  x.operation_data = 0x1000000000000000;
  EXPECT_TRUE(is_ended(x));
  x = to_gateway(message_payload("obol::get_answer", ""));
  x.operation_data = 0x9000000000000001;
  EXPECT_TRUE(is_ended(x));
  EXPECT_THAT(book.text(), HasSubstr("an answer that nobody asked for"));
  x = to_gateway(message_payload("obol::get_request", ""));
  x.operation_data = 0;
  EXPECT_TRUE(is_ended(x));
  x.operation = 3;
  EXPECT_TRUE(is_ended(x));
  x.operation = 9;
  EXPECT_TRUE(is_ended(x));
  expect_undisturbed();
}

TEST_P(NodeAttackTest, AnnouncedSizesAreNotBelieved) {
  start();
  auto before = resident_kib();
  for (std::uint8_t operation : {1, 2, 4, 5, 6}) {
    auto x = to_gateway("");
    x.operation = operation;
    x.announced = 0xffffffff;
    EXPECT_TRUE(is_ended(x)) << int{operation};
    x.announced = 4 * 1024 * 1024;
    EXPECT_TRUE(is_ended(x)) << int{operation};
  }
  EXPECT_LT(resident_kib() - before, 32 * 1024);
  EXPECT_THAT(book.text(), HasSubstr("a request that is too large"));
  expect_undisturbed();
}

TEST_P(NodeAttackTest, EmptyGreetingEndsTheConnectionAndNothingElse) {
  start();
  raw_frame x;
  x.operation = 1;
  x.operation_data = 0;
  x.source = 0;
  // As the first word, and where the second half of a greeting may come.
  auto stranger = connect();
  read_greeting(*stranger);
  stranger->send(x.bytes());
  EXPECT_TRUE(stranger->is_sent_away());
  EXPECT_TRUE(is_ended(x));
  EXPECT_THAT(book.text(), HasSubstr("a frame without content"));
  expect_undisturbed();
}

TEST_P(NodeAttackTest, GarbageEndsTheConnection) {
  start();
  for (auto text : {std::string(64, '\xff'), std::string(64, '\0'),
                    std::string{"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"}}) {
    auto peer = connect();
    read_greeting(*peer);
    peer->send(text);
    EXPECT_TRUE(peer->is_sent_away());
  }
  expect_undisturbed();
}

TEST_P(NodeAttackTest, NobodyTakesAnothersPlace) {
  start();
  // Given two peers
  auto first = connect();
  greet(*first, 1001);
  auto second = connect();
  auto seen = greet(*second, 1002);

  // When the second one says in mid-life that it is the first
  raw_frame x;
  x.operation = 1;
  x.flags = 2;
  x.payload = node_id_of(seen, 1001);
  second->send(x.bytes());
  EXPECT_TRUE(second->receive_all());

  // or somebody says he is the node itself,
  auto third = connect();
  auto own = read_greeting(*third);
  x.flags = 0;
  x.payload = own.node_id;
  third->send(x.bytes());
  EXPECT_TRUE(third->is_sent_away());

  // Then he is sent away, and the first one is served.
  EXPECT_TRUE(is_served(*first, seen));
  expect_undisturbed();
}

TEST_P(NodeAttackTest, GreetingThatDoesNotSayWhichConnectionItMeansIsNotHeard) {
  start();
  auto first = connect();
  auto seen = greet(*first, 1001);
  EXPECT_TRUE(is_served(*first, seen));

  // Who greets by the same name can do nothing before he has said so,
  auto second = connect();
  greet(*second, 1001);
  auto request = probe_of(seen);
  second->send(request.bytes());
  auto answer = second->receive_all();
  ASSERT_TRUE(answer);
  EXPECT_FALSE(contains_message(*answer));

  // and the first one is served on.
  EXPECT_TRUE(is_served(*first, seen));
  expect_undisturbed();
}

TEST_P(NodeAttackTest, GreetingThatIsNeverFinishedIsSentAway) {
  settings.handshake_timeout = 300ms;
  start();
  auto first = connect();
  auto seen = greet(*first, 1001);
  auto second = connect();
  greet(*second, 1001);
  EXPECT_TRUE(second->receive_all());
  EXPECT_TRUE(is_served(*first, seen));
  expect_undisturbed();
}

TEST_P(NodeAttackTest, ConnectionThatIsMeantTakesThePlaceOfTheOlderOne) {
  start();
  for (bool is_greeted_twice : {true, false}) {
    auto first = connect();
    auto seen = greet(*first, 1001);
    EXPECT_TRUE(is_served(*first, seen));
    auto second = connect();
    if (is_greeted_twice)
      greet(*second, 1001);
    else
      read_greeting(*second);
    raw_frame meant;
    meant.operation = 1;
    meant.flags = 2;
    meant.operation_data = 0;
    meant.source = 0;
    meant.payload = node_id_of(seen, 1001);
    EXPECT_TRUE(second->send(meant.bytes()));

    // What was asked on the older one is answered there or not at all. CAF may
    // still be forgetting the actor that asked there.
    EXPECT_TRUE(first->receive_all());
    EXPECT_TRUE(is_served(*second, seen, 78));
    expect_undisturbed();
  }
}

TEST_P(NodeAttackTest, WhoDoesNotGreetIsSentAway) {
  settings.handshake_timeout = 200ms;
  start();
  auto silent = connect();
  read_greeting(*silent);
  EXPECT_TRUE(silent->is_sent_away());
  // Not even TLS.
  raw_peer dumb{node->port()};
  EXPECT_TRUE(dumb.receive_all());
  expect_undisturbed();
}

TEST_P(NodeAttackTest, TooManyPeersAreTurnedAway) {
  settings.limits.max_peers = 3;
  start();
  auto second = connect();
  greet(*second, 1002);
  auto third = connect();
  greet(*third, 1003);
  auto fourth = connect();
  EXPECT_TRUE(fourth->is_sent_away());
  EXPECT_THAT(book.text(), HasSubstr("limits.max_peers"));
  expect_undisturbed();
}

TEST_P(NodeAttackTest, WhoDoesNotGreetKeepsNobodyOut) {
  settings.limits.max_peers = 3;
  start();
  std::vector<std::unique_ptr<raw_peer>> silent;
  for (int i = 0; i < 5; ++i) {
    silent.push_back(std::make_unique<raw_peer>(node->port()));
    // Each is there before the next one comes.
    if (i >= 2) {
      EXPECT_TRUE(silent[static_cast<std::size_t>(i - 2)]->receive_all());
    }
  }
  auto honest = connect();
  greet(*honest, 1002);
  EXPECT_THAT(book.text(), Not(HasSubstr("limits.max_peers")));
  expect_undisturbed();
}

TEST_P(PlainNodeAttackTest, OrdinaryPeerOfTheFrameworkCannotSpawnHere) {
  start();
  caf::actor_system_config config;
  config.load<caf::io::middleman>();
  caf::put(config.content, "middleman.app-identifiers",
           std::vector<std::string>{"obol-1"});
  caf::actor_system system{config};
  auto id = system.middleman().connect("127.0.0.1", node->port());
  if (id) {
    auto spawned = system.middleman().remote_spawn<caf::actor>(
      *id, "anything", caf::make_message(), std::chrono::seconds{2});
    EXPECT_FALSE(spawned);
  }
  expect_undisturbed();
}
