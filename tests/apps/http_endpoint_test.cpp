#include "apps/http_client.hpp"
#include "monitoring/http_endpoint.hpp"
#include "obol/error.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <optional>

namespace obol::test {
namespace {

using monitoring::http_endpoint;
using monitoring::listen_address;
using monitoring::parse_listen_address;
using testing::HasSubstr;
using testing::Not;

std::vector<monitoring::route> one_page() {
  return {{"/page", [] {
             return monitoring::page{200, "text/plain", "words"};
           }}};
}

std::optional<ec> failure_at(const listen_address& where) {
  auto endpoint = http_endpoint::open(where, one_page());
  return endpoint ? std::nullopt : code_of(endpoint.error());
}

class HttpEndpointTest : public testing::Test {
protected:
  /// Listens on a free port.
  void open(std::vector<monitoring::route> routes) {
    auto opened = http_endpoint::open({}, std::move(routes));
    ASSERT_TRUE(opened) << describe(opened.error());
    endpoint_.emplace(std::move(*opened));
  }

  std::uint16_t port() const {
    return endpoint_->port();
  }

  std::optional<http_endpoint> endpoint_;
};

// -- addresses ----------------------------------------------------------------

TEST(ListenAddressTest, IsHostAndPort) {
  auto four = parse_listen_address("127.0.0.1:9464");
  ASSERT_TRUE(four);
  EXPECT_EQ(four->host, "127.0.0.1");
  EXPECT_EQ(four->port, 9464);
  EXPECT_FALSE(four->beyond_loopback);
  auto six = parse_listen_address("[::1]:0");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->host, "::1");
  EXPECT_TRUE(parse_listen_address("localhost:1"));
}

TEST(ListenAddressTest, WhatIsNoAddressIsRefusedWithoutBeingQuoted) {
  for (auto text : {"", "9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                    "127.0.0.1:-1", "127.0.0.1:80x", "::1:80", "[]:80",
                    "planted.example:80", ":80"}) {
    auto parsed = parse_listen_address(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(code_of(parsed.error()), ec::invalid_argument) << text;
    EXPECT_THAT(describe(parsed.error()), HasSubstr("metrics address"));
    EXPECT_THAT(describe(parsed.error()), Not(HasSubstr("planted")));
  }
}

TEST(ListenAddressTest, OtherMachinesReachItOnlyIfThatIsAllowed) {
  for (auto host : {"0.0.0.0", "::", "192.0.2.1", "::ffff:127.0.0.1"})
    EXPECT_EQ(failure_at({host, 0, false}), ec::invalid_argument) << host;
  EXPECT_EQ(failure_at({"0.0.0.0", 0, true}), std::nullopt);
  EXPECT_EQ(failure_at({"127.255.255.254", 0, false}), std::nullopt);
}

TEST(ListenAddressTest, PortThatIsInUseIsAnError) {
  auto first = http_endpoint::open({}, one_page());
  ASSERT_TRUE(first);
  auto second = http_endpoint::open({"127.0.0.1", first->port(), false}, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(code_of(second.error()), ec::unavailable);
  EXPECT_THAT(describe(second.error()), HasSubstr("in use"));
}

// -- requests -----------------------------------------------------------------

TEST_F(HttpEndpointTest, AnswersWithThePageOfThePath) {
  open({{"/page",
         [] {
           return monitoring::page{503, "text/x-test", "no\n"};
         }},
        {"/other", [] {
           return monitoring::page{200, "text/plain", "yes"};
         }}});
  auto answer = http_get(port(), "/page");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "no\n");
  EXPECT_THAT(answer.head, HasSubstr("Content-Type: text/x-test"));
  EXPECT_EQ(http_get(port(), "/other?x=1").body, "yes");
}

TEST_F(HttpEndpointTest, AllElseIsRefused) {
  open(one_page());
  EXPECT_EQ(http_get(port(), "/").status, 404);
  EXPECT_EQ(http_get(port(), "/pages").status, 404);
  EXPECT_EQ(http_get(port(), "/../page").status, 404);
  http_client post{port()};
  post.send("POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(post.answer().status, 404);
  http_client garbage{port()};
  garbage.send("\x16\x03\x01 this is TLS\r\n\r\n");
  EXPECT_NE(garbage.answer().status, 200);
  EXPECT_EQ(http_get(port(), "/page").body, "words");
}

TEST_F(HttpEndpointTest, RequestWithoutEndIsCutOff) {
  open(one_page());
  http_client client{port()};
  client.send("GET /page HTTP/1.1\r\n");
  std::string header = "X-Long: " + std::string(1000, 'x') + "\r\n";
  std::size_t sent = 0;
  // Far more than any buffer on the way holds.
  while (sent < 64u * 1024 * 1024 && client.send(header))
    sent += header.size();
  EXPECT_LT(sent, 64u * 1024 * 1024);
  EXPECT_NE(client.answer().status, 200);
  EXPECT_EQ(http_get(port(), "/page").body, "words");
}

TEST_F(HttpEndpointTest, ClientsThatSayNothingBlockOthersForABoundedTime) {
  open(one_page());
  // More than there are threads, and none of them ever sends its request.
  std::vector<std::unique_ptr<http_client>> silent;
  for (std::size_t i = 0; i < http_endpoint::max_threads; ++i) {
    silent.push_back(std::make_unique<http_client>(port()));
    silent.back()->send("GET /pa");
  }
  EXPECT_EQ(http_get(port(), "/page").body, "words");
  for (auto& x : silent)
    EXPECT_NE(x->answer().status, 200);
}

TEST_F(HttpEndpointTest, ManyAtATimeAreAllAnswered) {
  open(one_page());
  std::vector<std::future<http_answer>> answers;
  for (int i = 0; i < 40; ++i)
    answers.push_back(std::async(std::launch::async,
                                 [this] { return http_get(port(), "/page"); }));
  for (auto& x : answers)
    EXPECT_EQ(x.get().body, "words");
}

TEST_F(HttpEndpointTest, RequestUnderWayIsAnsweredBeforeTheEnd) {
  std::promise<void> asked;
  std::promise<void> go_on;
  open({{"/slow", [&] {
           asked.set_value();
           go_on.get_future().wait();
           return monitoring::page{200, "text/plain", "done"};
         }}});
  auto slow = std::async(std::launch::async, [where = port()] {
    return http_get(where, "/slow").body;
  });
  asked.get_future().wait();
  auto end = std::async(std::launch::async, [this] { endpoint_.reset(); });
  go_on.set_value();
  EXPECT_EQ(slow.get(), "done");
  end.get();
}

TEST_F(HttpEndpointTest, ClientsThatSayNothingDoNotHoldUpTheEnd) {
  open(one_page());
  // One that is being waited for, as the answer behind it tells, and more of
  // whom some wait for a thread
  std::vector<std::unique_ptr<http_client>> silent;
  silent.push_back(std::make_unique<http_client>(port()));
  EXPECT_EQ(http_get(port(), "/page").body, "words");
  for (std::size_t i = 0; i < 2 * http_endpoint::max_threads; ++i) {
    silent.push_back(std::make_unique<http_client>(port()));
    silent.back()->send("GET /pa");
  }
  auto begin = std::chrono::steady_clock::now();
  endpoint_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin,
            http_endpoint::max_request_time / 2);
  for (auto& x : silent)
    EXPECT_NE(x->answer().status, 200);
}

TEST_F(HttpEndpointTest, EndsAtOnceThoughNobodyEverCame) {
  for (int i = 0; i < 50; ++i)
    open(one_page());
  auto last = port();
  endpoint_.reset();
  EXPECT_THROW(http_get(last, "/page"), std::runtime_error);
}

} // namespace
} // namespace obol::test
