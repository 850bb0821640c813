#include "obol/nodes.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "integration/node_fixture.hpp"
#include "integration/raw_peer.hpp"

using namespace obol;
using namespace obol::test;
using testing::HasSubstr;

namespace {

/// Who is let in where certificates are asked for.
class NodeTlsTest : public testing::Test {
protected:
  void SetUp() override {
    auto kind = require_server("redis-7");
    if (!kind)
      GTEST_SKIP() << "redis-7 is missing";
    target = std::make_unique<server>(*kind);
  }

  void TearDown() override {
    if (HasFailure())
      std::cerr << book.text();
  }

  void start() {
    settings.tls = certificates.issue("node");
    node = std::make_unique<test_node>(*target, settings, book.sink());
    client = std::make_unique<facade>(ready_client(
      client_of(certificates.issue("client"), *node), book.sink()));
    value(client->upsert(new_session("a")));
  }

  bool is_sent_away(const node_tls& files) {
    return raw_peer{node->port(), files}.is_sent_away();
  }

  void expect_undisturbed() {
    EXPECT_EQ(client->status().connections_lost, 0u);
    EXPECT_EQ(outcome(client->get(key_of("a"))), "ok");
  }

  /// What a client with these files hears of the node.
  std::string outcome_for(const node_tls& files) {
    auto settings_of_client = client_of(files, *node);
    settings_of_client.connect_timeout = 500ms;
    auto other = value(facade::connect(settings_of_client, book.sink()));
    return outcome(other.wait_ready(1500ms));
  }

  log_book book;
  test_certificates certificates;
  std::unique_ptr<server> target;
  node_options settings;
  std::unique_ptr<test_node> node;
  std::unique_ptr<facade> client;
};

} // namespace

TEST_F(NodeTlsTest, PeerWithACertificateOfOursIsGreeted) {
  // So that the others prove something.
  start();
  raw_peer peer{node->port(), certificates.issue("peer")};
  EXPECT_EQ(read_greeting(peer).node_id.size(), 32u);
}

TEST_F(NodeTlsTest, PeerWithoutACertificateGetsNothing) {
  start();
  EXPECT_TRUE(is_sent_away({}));
  expect_undisturbed();
}

TEST_F(NodeTlsTest, PeerOfAnotherAuthorityGetsNothing) {
  start();
  test_certificates others;
  EXPECT_TRUE(is_sent_away(others.issue("peer")));
  EXPECT_EQ(outcome_for(others.issue("stranger")), "unavailable");
  expect_undisturbed();
}

TEST_F(NodeTlsTest, ExpiredAndFutureCertificatesGetNothing) {
  start();
  EXPECT_TRUE(
    is_sent_away(certificates.issue("expired", std::chrono::hours{-48})));
  EXPECT_TRUE(is_sent_away(certificates.issue("early", std::chrono::hours{2})));
  expect_undisturbed();
}

TEST_F(NodeTlsTest, PeerThatDoesNotEncryptGetsNothing) {
  start();
  raw_peer peer{node->port()};
  peer.send(std::string(64, '\0'));
  // At most an alert of TLS.
  auto answer = peer.receive_all();
  ASSERT_TRUE(answer);
  EXPECT_LT(answer->size(), 16u);
  expect_undisturbed();
}

TEST_F(NodeTlsTest, OldVersionsOfTheProtocolAreRefused) {
  start();
  for (auto version : {TLS1_VERSION, TLS1_1_VERSION}) {
    raw_peer peer{node->port(), certificates.issue("old"), version};
    EXPECT_TRUE(peer.is_sent_away());
  }
  raw_peer peer{node->port(), certificates.issue("new"), TLS1_2_VERSION};
  EXPECT_EQ(read_greeting(peer).node_id.size(), 32u);
  expect_undisturbed();
}

TEST_F(NodeTlsTest, ClientRefusesANodeOfAnotherAuthority) {
  // Given a node with a certificate of strangers, which takes ours
  test_certificates others;
  auto foreign = others.issue("node");
  settings.tls = {foreign.certificate_file, foreign.key_file,
                  certificates.authority.certificate()};
  node = std::make_unique<test_node>(*target, settings, book.sink());
  EXPECT_EQ(outcome_for(certificates.issue("client")), "unavailable");
}

TEST_F(NodeTlsTest, CertificateForClientsMakesNoNode) {
  auto only_client = certificates.issue("thief", std::chrono::hours{-1},
                                        certificate_use::clients_only);
  settings.tls = only_client;
  node = std::make_unique<test_node>(*target, settings, book.sink());
  EXPECT_EQ(outcome_for(certificates.issue("client")), "unavailable");
}

TEST_F(NodeTlsTest, NodeMustBeTheOneThatWasMeant) {
  certificates.authority.issue_for("DNS:elsewhere.example,IP:127.0.0.2");
  settings.tls = certificates.issue("node");
  node = std::make_unique<test_node>(*target, settings, book.sink());
  EXPECT_EQ(outcome_for(certificates.issue("client")), "unavailable");
}

TEST_F(NodeTlsTest, FailedHandshakesDisturbNobodyAndLeaveTheDoorOpen) {
  start();
  test_certificates others;
  auto foreign = others.issue("peer");
  for (int i = 0; i < 50; ++i) {
    // Bytes that are there before the node looks, and such as come later
    raw_peer early{node->port()};
    early.send(std::string(300, '\x7f'));
    is_sent_away(foreign);
    EXPECT_EQ(outcome(client->get(key_of("a"))), "ok");
  }
  raw_peer peer{node->port(), certificates.issue("late")};
  EXPECT_EQ(read_greeting(peer).node_id.size(), 32u);
  expect_undisturbed();
}

TEST_F(NodeTlsTest, CertificateForNodesMakesNoClient) {
  start();
  EXPECT_TRUE(is_sent_away(certificates.issue("node-2", std::chrono::hours{-1},
                                              certificate_use::servers_only)));
  expect_undisturbed();
}

TEST_F(NodeTlsTest, FilesThatGoAwayHarmNobody) {
  start();
  std::filesystem::remove(settings.tls.key_file);
  std::filesystem::remove(settings.tls.certificate_file);
  std::filesystem::remove(settings.tls.ca_file);
  raw_peer peer{node->port(), certificates.issue("late")};
  EXPECT_EQ(read_greeting(peer).node_id.size(), 32u);
  expect_undisturbed();
}
