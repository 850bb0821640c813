#include "obol/internal/option_table.hpp"
#include "obol/serve_options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "config/sources_fixture.hpp"

namespace obol::test {

namespace {

/// What `obol serve` says of these settings; `accepted` if nothing.
std::string verdict(const serve_options& x) {
  auto error = validate(x);
  return error ? describe(error) : "accepted";
}

serve_options listening_on(std::string_view address) {
  serve_options result;
  result.node.listen = *parse_node_address(address);
  return result;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST(ServeOptionsTest, TheDefaultsListenOnLoopbackOnly) {
  serve_options defaults;
  EXPECT_EQ(verdict(defaults), "accepted");
  EXPECT_TRUE(is_loopback(defaults.node.listen));
  EXPECT_TRUE(is_loopback(defaults.metrics_listen));
}

TEST(ServeOptionsTest, WhatOthersCanReachNeedsAllThreeFiles) {
  for (auto address : {"0.0.0.0:4390", "10.0.0.1:4390", "[::]:4390",
                       "[::ffff:127.0.0.1]:4390", "node.example:4390"}) {
    // Without TLS the error names what must be set,
    auto x = listening_on(address);
    auto text = verdict(x);
    for (auto option :
         {"listen", "tls_certificate_file", "tls_key_file", "tls_ca_file"})
      EXPECT_TRUE(has(text, option)) << text;

    // with some of the files the one that is missing,
    x.node.tls.certificate_file = "cert";
    x.node.tls.ca_file = "ca";
    EXPECT_TRUE(has(verdict(x), "tls_key_file")) << verdict(x);

    // and with all of them it is accepted.
    x.node.tls.key_file = "key";
    EXPECT_EQ(verdict(x), "accepted");
  }
}

TEST(ServeOptionsTest, MetricsNeverLeaveTheMachine) {
  serve_options x;
  x.metrics_listen = {};
  EXPECT_EQ(verdict(x), "accepted");
  x.metrics_listen = {"0.0.0.0", 4391};
  EXPECT_TRUE(has(verdict(x), "metrics_listen"));
  x.node.tls = {"cert", "key", "ca"};
  EXPECT_TRUE(has(verdict(x), "metrics_listen"));
}

TEST(ServeOptionsTest, AddressesAreReadFromEverySource) {
  auto address = node_address{"::1", 7};
  EXPECT_EQ(load(flag("--listen", "[::1]:7")).options.serve.node.listen,
            address);
  EXPECT_EQ(load(variable("OBOL_METRICS_LISTEN", "[::1]:7"))
              .options.serve.metrics_listen,
            address);
  EXPECT_TRUE(load(flag("--metrics-listen", "off"))
                .options.serve.metrics_listen.host.empty());
  for (auto bad : {"", "a b:1", "[::1", "x:70000", "off:1 "})
    EXPECT_TRUE(
      has(refusal(flag("--metrics-listen", bad)), "is not an address"))
      << bad;
  EXPECT_NE(refusal(flag("--listen", "")), "accepted");
}

TEST(ServeOptionsTest, PathsMayHoldAnythingButControlCharacters) {
  // As validate sees it, which is where text is checked.
  auto state_dir = internal::find_option("state_dir");
  options x;
  x.serve.state_dir = "/srv/our state/j\xc3\xbcrgen";
  EXPECT_FALSE(internal::check_value(*state_dir, x));
  x.serve.state_dir = "/srv/\n";
  EXPECT_TRUE(internal::check_value(*state_dir, x));
}

TEST(ServeOptionsTest, TheRangesOfTheOptionsAreThoseOfTheNode) {
  // Each number at its bounds and beyond them, in both checks.
  for (const auto& option : internal::serve_option_table()) {
    auto rule = std::get_if<internal::count_value>(&option.value);
    if (!rule)
      continue;
    auto agrees = [&](std::size_t value) {
      options x;
      const_cast<std::size_t&>(rule->get(x)) = value;
      auto by_table = static_cast<bool>(internal::check_value(option, x));
      return by_table == static_cast<bool>(validate(x.serve));
    };
    EXPECT_TRUE(agrees(rule->min)) << option.name;
    EXPECT_TRUE(agrees(rule->max)) << option.name;
    EXPECT_TRUE(agrees(rule->max + 1)) << option.name;
    EXPECT_TRUE(agrees(rule->min - 1)) << option.name;
  }
}

TEST(ServeOptionsTest, TheHelpForServeNamesJustItsOwnOptions) {
  auto help = serve_options_help();
  for (const auto& option : internal::serve_option_table())
    EXPECT_TRUE(has(help, flag_of(option))) << option.name;
  EXPECT_FALSE(has(help, "--pool-size"));
  EXPECT_TRUE(has(options_help(), help));
}

} // namespace obol::test
