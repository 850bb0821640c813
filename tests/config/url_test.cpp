#include "obol/error.hpp"
#include "obol/url.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using obol::apply_url;
using obol::ec;
using obol::endpoint;
using obol::options;

/// The options that a URL makes of the defaults.
options from(std::string_view url) {
  options result;
  auto error = apply_url(result, url);
  EXPECT_FALSE(error) << url << ": " << obol::describe(error);
  return result;
}

std::string refusal(std::string_view url) {
  options target;
  auto error = apply_url(target, url);
  EXPECT_EQ(target, options{}) << "changed by a refused URL";
  return error ? obol::describe(error) : "accepted";
}

TEST(UrlTest, NamesAServer) {
  auto x = from("redis://cache.example:6380/3");
  EXPECT_EQ(x.endpoint.kind, endpoint::kind::tcp);
  EXPECT_EQ(x.endpoint.host, "cache.example");
  EXPECT_EQ(x.endpoint.port, 6380);
  EXPECT_EQ(x.database, 3u);
  EXPECT_FALSE(x.endpoint.tls);
}

TEST(UrlTest, PortAndDatabaseMayBeLeftOut) {
  for (auto url : {"redis://h", "redis://h/", "redis://h:6379", "redis://h/0"})
    EXPECT_EQ(from(url).endpoint, (endpoint{endpoint::kind::tcp, "h", 6379}))
      << url;
}

TEST(UrlTest, TakesUserAndPassword) {
  auto both = from("redis://ann:pw@h");
  EXPECT_EQ(both.username, "ann");
  EXPECT_EQ(both.password.reveal(), "pw");
  auto password_only = from("redis://:pw@h");
  EXPECT_EQ(password_only.username, "");
  EXPECT_EQ(password_only.password.reveal(), "pw");
  auto user_only = from("redis://ann@h");
  EXPECT_EQ(user_only.username, "ann");
  EXPECT_TRUE(user_only.password.empty());
}

TEST(UrlTest, DecodesPercent) {
  auto x = from("redis://a%40b:p%3a%2F%3F%23%40%25@h");
  EXPECT_EQ(x.username, "a@b");
  EXPECT_EQ(x.password.reveal(), "p:/?#@%");
  EXPECT_EQ(from("unix:///run/a%20b.sock").endpoint.path, "/run/a b.sock");
}

TEST(UrlTest, AnUnencodedAtInThePasswordIsUnderstood) {
  EXPECT_EQ(from("redis://u:p@ss@h").password.reveal(), "p@ss");
}

TEST(UrlTest, TakesIpv6InBrackets) {
  auto x = from("redis://u:p@[::1]:6380/1");
  EXPECT_EQ(x.endpoint.host, "::1");
  EXPECT_EQ(x.endpoint.port, 6380);
  EXPECT_EQ(from("redis://[fe80::1%25eth0]").endpoint.port, 6379);
}

TEST(UrlTest, NamesAUnixSocket) {
  auto x = from("unix://ann:pw@/run/redis.sock?db=2");
  EXPECT_EQ(x.endpoint.kind, endpoint::kind::unix_socket);
  EXPECT_EQ(x.endpoint.path, "/run/redis.sock");
  EXPECT_EQ(x.username, "ann");
  EXPECT_EQ(x.password.reveal(), "pw");
  EXPECT_EQ(x.database, 2u);
}

TEST(UrlTest, RedissIsEncrypted) {
  EXPECT_TRUE(from("rediss://h").endpoint.tls);
}

TEST(UrlTest, ParametersSetOptions) {
  auto x = from("redis://h?pool.size=20&deadline=500ms&layout=three_set");
  EXPECT_EQ(x.pool.size, 20u);
  EXPECT_EQ(x.deadline.count(), 500);
  EXPECT_EQ(x.layout, obol::layout::three_set);
}

TEST(UrlTest, WhatItDoesNotNameStays) {
  options target;
  target.database = 5;
  target.username = "ann";
  target.password = obol::secret{std::string{"pw"}};
  for (auto url : {"redis://h", "redis://@h"}) {
    EXPECT_FALSE(apply_url(target, url));
    EXPECT_EQ(target.database, 5u);
    EXPECT_EQ(target.username, "ann");
    EXPECT_EQ(target.password.reveal(), "pw");
  }
  EXPECT_FALSE(apply_url(target, "redis://:new@h"));
  EXPECT_EQ(target.username, "ann");
  EXPECT_EQ(target.password.reveal(), "new");
}

TEST(UrlTest, ErrorsSayWhatIsExpected) {
  EXPECT_EQ(refusal("localhost:6379"), "invalid_argument: redis: a URL like "
                                       "redis://host:6379/0 is expected");
  EXPECT_EQ(refusal("http://h"),
            "invalid_argument: redis: the scheme is not known; allowed: redis, "
            "rediss, unix");
  EXPECT_EQ(refusal("redis://h?pool.size=x"),
            "invalid_argument: redis: pool.size: 'x' is not a whole number; "
            "allowed: 1 to 1000");
  EXPECT_EQ(refusal("unix:///s?db=x"),
            "invalid_argument: redis: database: 'x' is not a whole number; "
            "allowed: 0 to 65535");
}

TEST(UrlTest, MemoryIsRefusedForNow) {
  options target;
  auto error = apply_url(target, "memory://");
  EXPECT_EQ(obol::code_of(error), ec::misconfigured);
  EXPECT_NE(obol::describe(error).find("memory://"), std::string::npos);
}

TEST(UrlTest, MalformedUrlsAreRefused) {
  for (auto url : {"",
                   "redis:",
                   "redis://",
                   "redis:///0",
                   "redis://:6379",
                   "redis://h:",
                   "redis://h:0",
                   "redis://h:65536",
                   "redis://h:x",
                   "redis://h/x",
                   "redis://h/-1",
                   "redis://h#x",
                   "redis://::1",
                   "redis://[::1",
                   "redis://[::1]x",
                   "redis://[]",
                   "redis://h?x",
                   "redis://h?x=1",
                   "redis://h?=1",
                   "redis://h?redis=redis://g",
                   "redis://h?password=x",
                   "redis://h?password_file=x",
                   "redis://h?db=1",
                   "redis://%zz@h",
                   "redis://:%4@h",
                   "redis://:%00@h",
                   "unix://",
                   "unix://run/s",
                   "unix:///",
                   "unix:///%00",
                   "unix:///s?db=x"})
    EXPECT_NE(refusal(url), "accepted") << url;
  EXPECT_NE(refusal("redis://" + std::string(5000, 'h')), "accepted");
}

TEST(UrlTest, NoErrorRepeatsThePassword) {
  // Whatever character was not encoded, and wherever it then ends up.
  for (auto url :
       {"redis://ann:CANARY/CANARY@h:6379", "redis://ann:CANARY?CANARY@h",
        "redis://ann:CANARY#CANARY@h", "redis://CANARY:CANARY@:6379",
        "redis://ann:CANARY", "redis://ann:CANARY%@h", "redis://CANARY%:x@h",
        "http://ann:CANARY@h", "ann:CANARY@h", "redis://ann:CANARY@h:x",
        "redis://ann:CANARY@h/x", "redis://ann:CANARY@h?pool.size=x",
        "redis://ann:1?CANARY=CANARY", "memory://ann:CANARY@",
        "unix://ann:CANARY@h/s", "unix://ann:CANARY", "redis://[CANARY",
        "redis://h?password=CANARY"}) {
    auto text = refusal(url);
    EXPECT_NE(text, "accepted") << url;
    EXPECT_EQ(text.find("CANARY"), std::string::npos) << text;
  }
}

TEST(UrlTest, APasswordCanBeRefused) {
  options target;
  auto error
    = apply_url(target, "redis://ann:CANARY@h", obol::url_password::refused);
  auto text = obol::describe(error);
  EXPECT_NE(text.find("OBOL_PASSWORD"), std::string::npos);
  EXPECT_EQ(text.find("CANARY"), std::string::npos);
  EXPECT_EQ(target, options{});
  EXPECT_FALSE(apply_url(target, "redis://ann@h", obol::url_password::refused));
}

} // namespace
