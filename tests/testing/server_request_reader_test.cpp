#include "obol/testing/internal/server/request_reader.hpp"

#include <gtest/gtest.h>

namespace obol::testing::internal {

using status = request_reader::status;
using request = std::vector<std::string>;

TEST(ServerRequestReader, ReadsRequestsOneByOne) {
  request_reader reader;
  reader.feed("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$4\r\nPING\r\n");
  ASSERT_EQ(reader.next(), status::complete);
  EXPECT_EQ(reader.request(), (request{"GET", "k"}));
  ASSERT_EQ(reader.next(), status::complete);
  EXPECT_EQ(reader.request(), request{"PING"});
  EXPECT_EQ(reader.next(), status::incomplete);
}

TEST(ServerRequestReader, ReadsBytesCutAnywhere) {
  const std::string bytes{"*3\r\n$3\r\nSET\r\n$2\r\n\r\n\r\n$3\r\n\0a\n\r\n",
                          30};
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    request_reader reader;
    reader.feed(bytes.substr(0, cut));
    if (cut < bytes.size()) {
      ASSERT_EQ(reader.next(), status::incomplete) << cut;
    }
    reader.feed(bytes.substr(cut));
    ASSERT_EQ(reader.next(), status::complete) << cut;
    EXPECT_EQ(reader.take_request(),
              (request{"SET", "\r\n", std::string{"\0a\n", 3}}))
      << cut;
  }
}

TEST(ServerRequestReader, SkipsEmptyRequests) {
  request_reader reader;
  reader.feed("*0\r\n*-1\r\n*1\r\n$0\r\n\r\n");
  ASSERT_EQ(reader.next(), status::complete);
  EXPECT_EQ(reader.request(), request{""});
}

TEST(ServerRequestReader, SaysWhatIsWrongAndReadsNoMore) {
  // What real servers say to the same bytes.
  const std::vector<std::pair<std::string, std::string>> cases{
    {"*x\r\n", "invalid multibulk length"},
    {"*3000000000\r\n", "invalid multibulk length"},
    {"*1\r\n+3\r\n", "expected '$', got '+'"},
    {"*1\r\n\r\n$4\r\nPING\r\n", "expected '$', got ' '"},
    {"*1\r\n$x\r\n", "invalid bulk length"},
    {"*1\r\n$-1\r\n", "invalid bulk length"},
    {"*1\r\n$4 \r\n", "invalid bulk length"},
    {"*1\r\n$600000000\r\n", "invalid bulk length"},
    {"*" + std::string(70'000, '1'), "too big mbulk count string"},
    {"*1\r\n$" + std::string(70'000, '1'), "too big bulk count string"},
  };
  for (const auto& [bytes, reason] : cases) {
    request_reader reader;
    reader.feed(bytes);
    EXPECT_EQ(reader.next(), status::failed) << reason;
    EXPECT_EQ(reader.error(), "ERR Protocol error: " + reason);
    reader.feed("*1\r\n$4\r\nPING\r\n");
    EXPECT_EQ(reader.next(), status::failed) << reason;
  }
}

TEST(ServerRequestReader, AnswersWhatCameBeforeTheMistake) {
  request_reader reader;
  reader.feed("*1\r\n$4\r\nPING\r\n*x\r\n");
  EXPECT_EQ(reader.next(), status::complete);
  EXPECT_EQ(reader.next(), status::failed);
}

} // namespace obol::testing::internal
