#include "obol/nodes.hpp"
#include "obol/spawn_store.hpp"

#include <arpa/inet.h>
#include <caf/scoped_actor.hpp>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "integration/node_fixture.hpp"
#include "support_actors/socket_peer.hpp"

using namespace obol;
using namespace obol::test;
using testing::HasSubstr;
using namespace std::chrono_literals;

namespace {

/// A store served to other processes, with encryption and without.
class NodesTest : public testing::TestWithParam<bool> {
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

  node_options node_settings() {
    node_options result;
    if (GetParam())
      result.tls = certificates.issue("node");
    return result;
  }

  node_tls client_tls() {
    return GetParam() ? certificates.issue("client") : node_tls{};
  }

  log_book book;
  test_certificates certificates;
  std::unique_ptr<server> target;
};

/// An actor system of a client.
struct client_config : caf::actor_system_config {
  client_config(const node_tls& tls, log_sink log) {
    register_messages(*this);
    if (auto broken = load_nodes(*this, tls, std::move(log)))
      ADD_FAILURE() << describe(broken);
  }
};

/// A store's status, asked for so.
template <class Request>
store_status answer_of(caf::actor_system& system, const store_actor& store,
                       Request what) {
  store_status result;
  caf::scoped_actor self{system};
  self->request(store, caf::infinite, std::move(what))
    .receive([&](store_status& x) { result = std::move(x); },
             [&](caf::error& why) { result.reason = describe(why); });
  return result;
}

std::string transport_name(const testing::TestParamInfo<bool>& x) {
  return x.param ? "Tls" : "Plain";
}

INSTANTIATE_TEST_SUITE_P(Over, NodesTest, testing::Bool(), transport_name);

} // namespace

TEST_P(NodesTest, ClientHasAStoreLikeAnyOther) {
  test_node node{*target, node_settings(), book.sink()};
  auto client = ready_client(client_of(client_tls(), node), book.sink());

  auto stored = value(client.upsert(new_session("a")));
  EXPECT_EQ(stored.lock_version, 1);
  EXPECT_EQ(value(client.get(key_of("a"))), stored);
  EXPECT_EQ(value(client.get(key_of("b"))), std::nullopt);
  EXPECT_EQ(outcome(client.upsert(new_session("a"))), "conflict");
  value(client.upsert(new_session("b")));
  EXPECT_EQ(value(client.get_all(key_of("a").set())).size(), 2u);
  EXPECT_EQ(value(client.remove_others(key_of("a"))), 1);
  auto refreshed = client.update_with(key_of("a"), [](session& x) {
    ++x.refreshed_at;
    ++x.refresh_expires_at;
  });
  EXPECT_EQ(value(refreshed).lock_version, 2);
  EXPECT_EQ(value(client.remove(key_of("a"))), 1);
  EXPECT_EQ(outcome(client.upsert(stored)), "gone");
  EXPECT_EQ(client.status().phase, pool_phase::ready);
}

TEST_P(NodesTest, NodeWithTwoNamesServesItsClientByOne) {
  test_node node{*target, node_settings(), book.sink()};
  auto settings = client_of(client_tls(), node);
  settings.nodes.push_back({"localhost", node.port()});
  settings.backoff_initial = 10ms;
  settings.backoff_max = 50ms;
  auto client = ready_client(settings, book.sink());

  // The other is tried again and again, which disturbs nobody.
  EXPECT_TRUE(eventually([&] { return book.count("another name") >= 3; }));
  EXPECT_EQ(value(client.get(key_of("a"))), std::nullopt);
  auto status = client.status();
  EXPECT_EQ(status.pool.idle, 1u);
  EXPECT_EQ(status.connections_lost, 0u);
}

TEST_P(NodesTest, TwoStoresOfOneActorSystemShareANode) {
  // Given two stores that begin together
  test_node node{*target, node_settings(), book.sink()};
  client_config config{client_tls(), book.sink()};
  caf::actor_system system{config};
  auto settings = client_of(client_tls(), node);
  auto one = value(connect_store(system, settings, book.sink()));
  auto two = value(connect_store(system, settings, book.sink()));
  for (auto& x : {one, two})
    EXPECT_EQ(answer_of(system, x, wait_ready_request{longest}).phase,
              pool_phase::ready);

  // Then neither disturbs the other.
  for (auto& x : {one, two})
    EXPECT_EQ(answer_of(system, x, status_request{}).connections_lost, 0u);

  // When one ends, the other connects anew and goes on.
  caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  EXPECT_TRUE(eventually([&] {
    return answer_of(system, two, status_request{}).connections_lost == 1;
  }));
  EXPECT_EQ(answer_of(system, two, wait_ready_request{longest}).phase,
            pool_phase::ready);
  caf::anon_send_exit(two, caf::exit_reason::user_shutdown);
}

TEST_P(NodesTest, ManyCallsAtATimeAreAllAnswered) {
  test_node node{*target, node_settings(), book.sink()};
  auto client = ready_client(client_of(client_tls(), node), book.sink());
  value(client.upsert(new_session("a")));

  // As many as a node lets one peer have, if they are all there at once.
  constexpr int calls = 1000;
  std::atomic<int> found{0};
  std::atomic<int> failed{0};
  for (int i = 0; i < calls; ++i)
    client.get(
      key_of("a"),
      [&](auto x) { ++(x && *x ? found : failed); }, longest);
  EXPECT_TRUE(eventually([&] { return found + failed == calls; }));
  EXPECT_EQ(found, calls);
}

TEST_P(NodesTest, CallsOfANodeThatEndsGoToAnother) {
  // Given two nodes, and writers that never stop
  auto settings = node_settings();
  auto first = std::make_unique<test_node>(*target, settings, book.sink());
  test_node second{*target, settings, book.sink()};
  auto client
    = ready_client(client_of(client_tls(), *first, second), book.sink());
  EXPECT_TRUE(eventually([&] { return client.status().pool.idle == 2; }));
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::vector<std::string> trouble;
  std::thread writer{[&] {
    auto x = new_session("a");
    while (!stop) {
      auto stored = client.upsert(x, longest);
      if (!stored) {
        trouble.push_back(words(stored));
        break;
      }
      x = *stored;
      ++written;
    }
  }};
  EXPECT_TRUE(eventually([&] { return written > 100; }));

  // When one ends
  first.reset();
  auto then = written.load();
  EXPECT_TRUE(eventually([&] { return written > then + 100; }));
  stop = true;
  writer.join();

  // Then no call fails, and none was written twice.
  EXPECT_THAT(trouble, testing::IsEmpty());
  EXPECT_EQ(value(client.get(key_of("a")))->lock_version, written);
}

TEST_P(NodesTest, NodeThatComesBackIsFound) {
  auto settings = node_settings();
  auto node = std::make_unique<test_node>(*target, settings, book.sink());
  auto port = node->port();
  auto client = ready_client(client_of(client_tls(), *node), book.sink());
  node.reset();
  EXPECT_TRUE(eventually(
    [&] { return client.status().phase == pool_phase::not_ready; }));
  EXPECT_EQ(outcome(client.get(key_of("a"), 5ms)).empty(), false);

  node = std::make_unique<test_node>(*target, settings, port, book.sink());
  value(client.wait_ready(patience));
  EXPECT_EQ(outcome(client.upsert(new_session("a"))), "ok");
}

TEST_P(NodesTest, DrainedNodeTakesNoNewConnection) {
  auto settings = node_settings();
  test_node node{*target, settings, book.sink()};
  auto client = ready_client(client_of(client_tls(), node), book.sink());
  node.gateway().drain();
  EXPECT_EQ(node.gateway().in_flight(), 0u);
  EXPECT_TRUE(eventually(
    [&] { return outcome(client.get(key_of("a"))) != "ok"; }));

  auto late = value(facade::connect(client_of(client_tls(), node)));
  EXPECT_EQ(outcome(late.wait_ready(300ms)), "unavailable");
}

TEST_P(NodesTest, NodeWithoutItsServerSaysSoAtOnce) {
  test_node node{*target, node_settings(), book.sink()};
  auto client = ready_client(client_of(client_tls(), node), book.sink());
  target->kill();
  EXPECT_TRUE(eventually([&] {
    return outcome(client.get(key_of("a"))) == "unavailable";
  }));
  target->restart();
  value(client.wait_ready(patience));
}

TEST_P(NodesTest, SessionThatIsTooLargeIsRefusedAndCostsNoConnection) {
  test_node node{*target, node_settings(), book.sink()};
  auto client = ready_client(client_of(client_tls(), node), book.sink());
  auto login = new_session("a");

  // Given sessions that are too large for this node, the second by far, and one
  // that is too large for any
  for (std::size_t kib : {400u, 1900u, 3000u}) {
    login.extra_payload.set("x", std::string(kib * 1024, 'x'));
    auto refused = client.upsert(login, longest);
    EXPECT_EQ(outcome(refused), "invalid_argument") << kib;
    EXPECT_THAT(words(refused), HasSubstr("extra_payload")) << kib;
  }

  // Then the node was never lost.
  EXPECT_EQ(client.status().connections_lost, 0u);
  EXPECT_EQ(outcome(client.upsert(new_session("a"))), "ok");
}

TEST_P(NodesTest, NoRequestToResolveIsTooLargeForANode) {
  test_node node{*target, node_settings(), book.sink()};
  auto client = ready_client(client_of(client_tls(), node), book.sink());
  resolution_token token;
  token.key = key_of("a");
  token.lock_version = 1;
  token.operation_id.assign(3'000'000, 'x');

  EXPECT_THAT(words(client.resolve(token)), HasSubstr("operation_id"));
  EXPECT_EQ(client.status().connections_lost, 0u);
}

/// SO_KEEPALIVE of each connection of this process to or from this port.
std::vector<int> keepalives(std::uint16_t port) {
  constexpr int most_files = 1024;
  std::vector<int> result;
  for (int fd = 0; fd < most_files; ++fd) {
    sockaddr_in own{};
    sockaddr_in peer{};
    socklen_t own_size = sizeof(own);
    socklen_t peer_size = sizeof(peer);
    int value = 0;
    socklen_t size = sizeof(value);
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &own_size) == 0
        && ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_size)
             == 0
        && own.sin_family == AF_INET
        && (ntohs(own.sin_port) == port || ntohs(peer.sin_port) == port)
        && ::getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &size) == 0)
      result.push_back(value);
  }
  return result;
}

TEST_P(NodesTest, BothSidesNoticeThatTheOtherIsGoneWithoutAWord) {
  test_node node{*target, node_settings(), book.sink()};
  auto client = ready_client(client_of(client_tls(), node), book.sink());

  auto seen = keepalives(node.port());
  EXPECT_GE(seen.size(), 2u);
  EXPECT_THAT(seen, testing::Each(1));
}

// -- ends ---------------------------------------------------------------------

/// A client whose only node is there.
facade client_at(const endpoint& where, log_book& book) {
  remote_options settings;
  settings.nodes = {{where.host, where.port}};
  return value(facade::connect(std::move(settings), book.sink()));
}

TEST(NodeEndTest, ClientThatEndsWhileItConnectsWaitsForNobody) {
  // Given a client of an address that answers nothing
  log_book book;
  auto silent = listener::silent();
  auto begin = std::chrono::steady_clock::now();
  {
    auto client = client_at(silent.where(), book);
    std::this_thread::sleep_for(100ms);
  }
  // When it ends, it does not wait until the system gives up.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
}

TEST(NodeEndTest, ClientThatEndsWhileItIsGreetedWaitsForNobody) {
  // Given a client whose node has taken its connection, and says nothing
  log_book book;
  auto mute = listener::tcp();
  {
    auto client = client_at(mute.where(), book);
    auto look = mute.accept();
    auto connection = mute.accept();
  }
  // Then it can end.
}

TEST(NodeEndTest, ClientsMayEndAtAnyMoment) {
  // Given nobody who greets, when clients end at all steps of connecting,
  log_book book;
  for (int i = 0; i < 200; ++i) {
    auto mute = listener::tcp();
    auto client = client_at(mute.where(), book);
    std::this_thread::sleep_for(i * 20us);
  }
  // then each of them can.
}

// -- who is who ---------------------------------------------------------------

TEST(NodeIdTest, SystemsOfOneMachineAreToldApartByMoreThanTheirProcesses) {
  struct config : caf::actor_system_config {
    config() {
      register_messages(*this);
      load_scheduler(*this);
      EXPECT_FALSE(load_nodes(*this, {}));
    }
  };
  config settings;
  config other_settings;
  caf::actor_system one{settings};
  caf::actor_system other{other_settings};

  // The host in hexadecimal stands first. In its last byte CAF counts systems.
  constexpr std::size_t counted_from = 38;
  EXPECT_NE(to_string(one.node()).substr(0, counted_from),
            to_string(other.node()).substr(0, counted_from));
}

// -- what is refused ----------------------------------------------------------

TEST(NodeSetupTest, SystemsThatWereNotLoadedAreToldSo) {
  caf::actor_system_config config;
  register_messages(config);
  caf::actor_system system{config};
  remote_options settings;
  settings.nodes = {{"127.0.0.1", 4390}};
  auto client = connect_store(system, settings);
  EXPECT_EQ(outcome(client), "misconfigured");
  EXPECT_THAT(words(client), HasSubstr("load_nodes"));
}

TEST(NodeSetupTest, FilesThatCannotBeUsedAreNamed) {
  test_certificates certificates;
  auto good = certificates.issue("good");
  auto other = certificates.issue("other");
  auto expired = certificates.issue("expired", std::chrono::hours{-48});
  auto junk = certificates.folder.write("junk", "no certificate");

  auto refusal = [](node_tls tls) {
    caf::actor_system_config config;
    auto broken = load_nodes(config, tls);
    return broken ? describe(broken) : std::string{"accepted"};
  };
  EXPECT_EQ(refusal(good), "accepted");
  EXPECT_THAT(refusal({junk, good.key_file, good.ca_file}),
              HasSubstr("tls_certificate_file"));
  EXPECT_THAT(refusal({good.certificate_file, other.key_file, good.ca_file}),
              HasSubstr("tls_key_file"));
  EXPECT_THAT(refusal({good.certificate_file, good.key_file, junk}),
              HasSubstr("tls_ca_file"));
  EXPECT_THAT(refusal({"/nowhere/x", good.key_file, good.ca_file}),
              HasSubstr("'/nowhere/x' cannot be read"));
  EXPECT_THAT(refusal(expired), HasSubstr("has expired"));
}
