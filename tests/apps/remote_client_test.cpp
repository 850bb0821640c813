#include "apps/cli_test.hpp"

#include "obol/nodes.hpp"
#include "obol/spawn_store.hpp"
#include "obol/url.hpp"

#include <caf/send.hpp>
#include <gmock/gmock.h>

#include "support/certificates.hpp"

using namespace obol::test;
using testing::HasSubstr;

namespace {

struct node_config : caf::actor_system_config {
  explicit node_config(const obol::node_tls& tls) {
    obol::register_messages(*this);
    obol::load_scheduler(*this);
    auto broken = obol::load_nodes(*this, tls);
    EXPECT_FALSE(broken) << obol::describe(broken);
  }
};

/// A node in this process, which lives as long as `use` runs.
template <class F>
void with_node(const server& where, const obol::node_tls& tls, F use) {
  node_config config{tls};
  caf::actor_system system{config};
  obol::options settings;
  settings.base_secret = obol::secret{std::string{planted_secret}};
  auto url = "unix://" + where.socket_path();
  ASSERT_FALSE(obol::apply_url(settings, url));
  auto store = obol::spawn_store(system, std::move(settings));
  ASSERT_TRUE(store);
  obol::node_options listen;
  listen.tls = tls;
  listen.listen.port = 0;
  auto gateway = obol::publish_gateway(system, *store, listen);
  EXPECT_TRUE(gateway);
  if (gateway)
    use("127.0.0.1:" + std::to_string(gateway->port()));
  caf::anon_send_exit(*store, caf::exit_reason::user_shutdown);
}

process_result remote_client(std::vector<std::string> nodes,
                             std::vector<std::string> variables = {}) {
  return run_process(std::string{OBOL_EXAMPLES_DIR} + "/remote_client",
                     {std::move(nodes), {}, std::move(variables)});
}

class RemoteClientTest : public server_test {};

INSTANTIATE_TEST_SUITE_P(Servers, RemoteClientTest,
                         testing::ValuesIn(all_server_names()),
                         server_test_name);

constexpr const char* whole_life = "logged in, lock version 1\n"
                                   "refreshed, lock version 2\n"
                                   "logged out\n";

} // namespace

TEST_P(RemoteClientTest, LivesAWholeLoginAtANode) {
  auto server = start();
  with_node(*server, {}, [](const std::string& address) {
    // The first one is nobody.
    auto result = remote_client({"127.0.0.1:1", address});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(result.out, whole_life);
  });
}

TEST_P(RemoteClientTest, LivesItWithCertificates) {
  auto server = start();
  scratch_folder folder;
  test_authority authority{folder.path(""), "authority"};
  auto node = authority.issue("node");
  auto own = authority.issue("client");
  with_node(
    *server, {node.certificate, node.key, authority.certificate()},
    [&](const std::string& address) {
      auto result = remote_client(
        {address}, {"OBOL_TLS_CERTIFICATE_FILE=" + own.certificate,
                    "OBOL_TLS_KEY_FILE=" + own.key,
                    "OBOL_TLS_CA_FILE=" + authority.certificate()});
      EXPECT_EQ(result.code, 0) << result.err;
      EXPECT_EQ(result.out, whole_life);
    });
}

TEST(RemoteClientUsageTest, WhatIsWrongIsNamed) {
  EXPECT_THAT(remote_client({}).err, HasSubstr("the number of nodes"));
  EXPECT_THAT(remote_client({"a b"}).err, HasSubstr("'a b' is no address"));
  EXPECT_THAT(remote_client({"node.example:4390"}).err,
              HasSubstr("tls_certificate_file"));
  auto nobody = remote_client({"127.0.0.1:1"});
  EXPECT_EQ(nobody.code, 1);
  EXPECT_THAT(nobody.err, HasSubstr("unavailable"));
}
