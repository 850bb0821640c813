#include "obol/error.hpp"
#include "obol/node_options.hpp"

#include <gmock/gmock.h>

#include <string>
#include <string_view>

namespace {

using namespace obol;
using namespace std::chrono_literals;
using testing::HasSubstr;

node_tls some_tls() {
  return {"node.crt", "node.key", "ca.crt"};
}

remote_options one_node(std::string host) {
  remote_options result;
  result.nodes = {{std::move(host), 4390}};
  return result;
}

std::string refusal(const caf::error& x) {
  return x ? describe(x) : "accepted";
}

// -- addresses ----------------------------------------------------------------

TEST(NodeAddressTest, TakesHostPortAndBrackets) {
  EXPECT_EQ(*parse_node_address("node-1:5000"), (node_address{"node-1", 5000}));
  EXPECT_EQ(*parse_node_address("10.0.0.1"), (node_address{"10.0.0.1", 4390}));
  EXPECT_EQ(*parse_node_address("[::1]:1"), (node_address{"::1", 1}));
  EXPECT_EQ(*parse_node_address("::1"), (node_address{"::1", 4390}));
}

TEST(NodeAddressTest, OtherTextIsRefusedAndShown) {
  for (auto text : {"", ":1", "host:", "host:x", "host:65536", "[::1", "[]:1",
                    "[::1]x", "a b:1", "host/1"}) {
    auto x = parse_node_address(text);
    ASSERT_FALSE(x) << text;
    EXPECT_EQ(code_of(x.error()), ec::invalid_argument);
    EXPECT_THAT(describe(x.error()), HasSubstr(text));
  }
}

TEST(NodeAddressTest, IsWrittenAsItIsRead) {
  for (auto text : {"node-1:5000", "[::1]:1", "127.0.0.1:4390"})
    EXPECT_EQ(to_string(*parse_node_address(text)), text);
}

TEST(NodeAddressTest, LoopbackIsThisMachineAndNothingElse) {
  for (auto host : {"127.0.0.1", "127.8.9.1", "::1", "localhost"})
    EXPECT_TRUE(is_loopback({host, 1})) << host;
  for (auto host : {"0.0.0.0", "::", "10.0.0.1", "127.evil.example",
                    "127.0.0.1.example.org", "localhost.example.org"})
    EXPECT_FALSE(is_loopback({host, 1})) << host;
}

// -- rules --------------------------------------------------------------------

TEST(NodeOptionsTest, DefaultsAreLoopbackOnlyAndValid) {
  node_options x;
  EXPECT_TRUE(is_loopback(x.listen));
  EXPECT_EQ(refusal(validate(x)), "accepted");
}

TEST(NodeOptionsTest, OtherAddressesNeedCertificateKeyAndAuthority) {
  node_options x;
  x.listen.host = "0.0.0.0";
  EXPECT_EQ(code_of(validate(x)), ec::misconfigured);
  EXPECT_THAT(refusal(validate(x)), HasSubstr("tls_certificate_file"));
  x.tls = some_tls();
  EXPECT_EQ(refusal(validate(x)), "accepted");
  auto remote = one_node("node-1");
  EXPECT_EQ(code_of(validate(remote)), ec::misconfigured);
  remote.tls = some_tls();
  EXPECT_EQ(refusal(validate(remote)), "accepted");
}

TEST(NodeOptionsTest, PartOfTheFilesIsNotEnough) {
  auto x = some_tls();
  x.ca_file.clear();
  EXPECT_THAT(refusal(validate(x)), HasSubstr("tls_ca_file"));
  x = some_tls();
  x.key_file.clear();
  EXPECT_THAT(refusal(validate(x)), HasSubstr("tls_key_file"));
}

TEST(NodeOptionsTest, NamesTheValueOutOfRange) {
  node_options x;
  x.limits.max_peers = 0;
  EXPECT_THAT(refusal(validate(x)), HasSubstr("limits.max_peers is '0'"));
  auto remote = one_node("localhost");
  remote.probe_interval = 0ms;
  EXPECT_THAT(refusal(validate(remote)), HasSubstr("probe_interval is '0'"));
  remote = one_node("localhost");
  remote.backoff_initial = remote.backoff_max + 1ms;
  EXPECT_THAT(refusal(validate(remote)), HasSubstr("backoff_initial"));
}

TEST(NodeOptionsTest, ClientNeedsNodes) {
  EXPECT_THAT(refusal(validate(remote_options{})), HasSubstr("nodes"));
  auto many = one_node("localhost");
  many.nodes.resize(max_nodes + 1);
  EXPECT_EQ(code_of(validate(many)), ec::invalid_argument);
}

} // namespace
