#include "obol/internal/tls_socket.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <csignal>
#include <fcntl.h>
#include <memory>
#include <string>
#include <unistd.h>

namespace obol::test {
namespace {

/// One end of a pair, non-blocking, as OpenSSL sees it. Signals are as in a
/// program that does not care for them.
class TlsSocketTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_), 0);
    io_.reset(internal::make_tls_socket(ends_[0]));
    ASSERT_TRUE(io_);
    before_ = std::signal(SIGPIPE, SIG_DFL);
  }

  void TearDown() override {
    std::signal(SIGPIPE, before_);
    io_.reset();
    ::close(ends_[0]);
    hang_up();
  }

  void hang_up() {
    if (ends_[1] >= 0)
      ::close(ends_[1]);
    ends_[1] = -1;
  }

  std::string read() {
    char bytes[64];
    auto size = BIO_read(io_.get(), bytes, sizeof(bytes));
    return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : "";
  }

  struct deleter {
    void operator()(BIO* x) const {
      BIO_free(x);
    }
  };

  int ends_[2] = {-1, -1};
  std::unique_ptr<BIO, deleter> io_;
  void (*before_)(int) = SIG_DFL;
};

TEST_F(TlsSocketTest, BytesGoBothWays) {
  EXPECT_EQ(BIO_write(io_.get(), "ping", 4), 4);
  char bytes[8];
  EXPECT_EQ(::recv(ends_[1], bytes, sizeof(bytes), 0), 4);
  EXPECT_EQ(::send(ends_[1], "pong", 4, 0), 4);
  EXPECT_EQ(read(), "pong");
}

TEST_F(TlsSocketTest, WhatCannotBeDoneYetMayBeTriedAgain) {
  EXPECT_EQ(read(), "");
  EXPECT_TRUE(BIO_should_read(io_.get()));
  EXPECT_FALSE(BIO_eof(io_.get()));
  std::string many(1 << 20, 'x');
  int written = 0;
  while (written >= 0)
    written = BIO_write(io_.get(), many.data(), static_cast<int>(many.size()));
  EXPECT_TRUE(BIO_should_write(io_.get()));
}

TEST_F(TlsSocketTest, EndIsToldFromFailure) {
  hang_up();
  EXPECT_EQ(read(), "");
  EXPECT_FALSE(BIO_should_retry(io_.get()));
  EXPECT_TRUE(BIO_eof(io_.get()));
}

TEST_F(TlsSocketTest, PeerThatHasHungUpDoesNotEndTheProcess) {
  hang_up();
  EXPECT_LT(BIO_write(io_.get(), "late", 4), 0);
  EXPECT_FALSE(BIO_should_retry(io_.get()));
}

} // namespace
} // namespace obol::test
