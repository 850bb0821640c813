#include "obol/reply_reader.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::string_literals;
using obol::reply;
using obol::reply_limits;
using obol::reply_reader;
using status = obol::reply_reader::status;

/// Everything the reader makes of the stream when it comes in these portions.
struct outcome {
  std::vector<reply> replies;
  std::string error;
  bool rest = false;

  friend bool operator==(const outcome&, const outcome&) = default;
};

void drain(reply_reader& reader, outcome& out) {
  for (;;) {
    auto result = reader.next();
    switch (result.status) {
      case status::have_reply:
        out.replies.push_back(std::move(result.reply));
        break;
      case status::need_more:
        return;
      case status::failed:
        out.error = std::string{result.error};
        return;
    }
  }
}

outcome read(std::vector<std::string_view> portions, reply_limits limits = {}) {
  outcome out;
  reply_reader reader{limits};
  for (auto portion : portions) {
    reader.feed(portion);
    drain(reader, out);
  }
  out.rest = out.error.empty() && reader.has_unread();
  return out;
}

std::string bulk(std::string_view bytes) {
  return "$" + std::to_string(bytes.size()) + "\r\n" + std::string{bytes}
         + "\r\n";
}

// -- what replies become ------------------------------------------------------

TEST(ReplyReaderTest, ReadsEveryKind) {
  auto out = read({"+OK\r\n-ERR no\r\n:-42\r\n$3\r\na\0b\r\n$0\r\n\r\n"
                   "*2\r\n:1\r\n*1\r\n+x\r\n*0\r\n"s});
  EXPECT_EQ(out.error, "");
  ASSERT_EQ(out.replies.size(), 7u);
  EXPECT_TRUE(out.replies[0].is_status("OK"));
  EXPECT_EQ(out.replies[1], reply::of_error("ERR no"));
  EXPECT_EQ(out.replies[2], reply::of_integer(-42));
  EXPECT_EQ(out.replies[3], reply::of_bulk("a\0b"s));
  EXPECT_EQ(out.replies[4], reply::of_bulk(""));
  EXPECT_EQ(out.replies[5],
            reply::of_array({reply::of_integer(1),
                             reply::of_array({reply::of_status("x")})}));
  EXPECT_EQ(out.replies[6], reply::of_array({}));
  EXPECT_FALSE(out.rest);
}

TEST(ReplyReaderTest, BothFormsOfNilAreNil) {
  auto out = read({"$-1\r\n*-1\r\n*2\r\n$-1\r\n*-1\r\n"});
  ASSERT_EQ(out.replies.size(), 3u);
  EXPECT_TRUE(out.replies[0].is_nil());
  EXPECT_TRUE(out.replies[1].is_nil());
  EXPECT_EQ(out.replies[2],
            reply::of_array({reply::of_nil(), reply::of_nil()}));
}

TEST(ReplyReaderTest, ElementsAfterANestedArrayBelongToTheOuterOne) {
  auto out = read({"*3\r\n*2\r\n:1\r\n:2\r\n*0\r\n:3\r\n"});
  ASSERT_EQ(out.replies.size(), 1u);
  EXPECT_EQ(out.replies[0],
            reply::of_array(
              {reply::of_array({reply::of_integer(1), reply::of_integer(2)}),
               reply::of_array({}), reply::of_integer(3)}));
}

TEST(ReplyReaderTest, ReadsEightNestedArrays) {
  std::string deep;
  for (int i = 0; i < 8; ++i)
    deep += "*1\r\n";
  auto out = read({deep + ":7\r\n"});
  ASSERT_EQ(out.replies.size(), 1u);
  const auto* inner = &out.replies[0];
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(inner->is_array(1));
    inner = &inner->elements[0];
  }
  EXPECT_EQ(*inner, reply::of_integer(7));
}

// -- how the stream is cut ----------------------------------------------------

TEST(ReplyReaderTest, SplitAnywhereReadsTheSame) {
  // Given a stream of all kinds, with line ends inside bulk strings
  auto stream = "*4\r\n$4\r\n\r\n\r\n\r\n:12\r\n*2\r\n$-1\r\n+s\r\n-ERR x\r\n"s
                + bulk("$3\r\nabc\r\n") + "*-1\r\n:-9223372036854775808\r\n"
                + bulk(std::string(300, '*')) + "*0\r\n+PONG\r\n";
  auto whole = read({stream});
  ASSERT_EQ(whole.error, "");
  ASSERT_EQ(whole.replies.size(), 7u);

  // When it is split in two at any place, then nothing changes
  std::string_view all{stream};
  for (std::size_t i = 0; i <= all.size(); ++i)
    EXPECT_EQ(read({all.substr(0, i), all.substr(i)}), whole) << i;

  // nor when every byte comes alone
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < all.size(); ++i)
    bytes.push_back(all.substr(i, 1));
  EXPECT_EQ(read(bytes), whole);
}

TEST(ReplyReaderTest, BrokenStreamsFailAlikeHoweverTheyAreSplit) {
  for (auto stream : {"+OK\r\n$3\r\nabcX\r\n"s, "+OK\r\n*2\r\n:1\r\n?\r\n"s,
                      "+OK\r\n$99999999\r\nabc"s, "+OK\r\n:1x\r\n"s,
                      "+OK\r\n$9999999999999999999999999\r\n"s}) {
    auto whole = read({stream});
    EXPECT_EQ(whole.replies.size(), 1u);
    EXPECT_NE(whole.error, "");
    std::string_view all{stream};
    for (std::size_t i = 0; i <= all.size(); ++i) {
      auto split = read({all.substr(0, i), all.substr(i)});
      EXPECT_EQ(split.replies, whole.replies) << i;
      EXPECT_NE(split.error, "") << i;
    }
  }
}

TEST(ReplyReaderTest, ManyRepliesInOneLargePortion) {
  std::string stream;
  for (int i = 0; i < 1000; ++i)
    stream += bulk(std::string(static_cast<std::size_t>(i), 'a'));
  auto out = read({stream});
  ASSERT_EQ(out.replies.size(), 1000u);
  for (std::size_t i = 0; i < 1000; ++i)
    EXPECT_EQ(out.replies[i].text.size(), i);
}

TEST(ReplyReaderTest, KnowsThatAReplyWasCut) {
  reply_reader reader;
  EXPECT_FALSE(reader.has_unread());
  reader.feed("$5\r\nab");
  EXPECT_EQ(reader.next().status, status::need_more);
  EXPECT_TRUE(reader.has_unread());
  reader.feed("cde\r\n");
  EXPECT_EQ(reader.next().status, status::have_reply);
  EXPECT_FALSE(reader.has_unread());
}

TEST(ReplyReaderTest, WholeBulksAndOthersTakeTurns) {
  auto long_one = std::string(5'000, 'x');
  auto out
    = read({bulk("a") + ":1\r\n" + bulk("b") + "*1\r\n" + bulk("c")
            + bulk(long_one) + "+OK\r\n" + bulk("") + "$-1\r\n" + bulk("d")});
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.replies,
            (std::vector<reply>{
              reply::of_bulk("a"), reply::of_integer(1), reply::of_bulk("b"),
              reply::of_array({reply::of_bulk("c")}), reply::of_bulk(long_one),
              reply::of_status("OK"), reply::of_bulk(""), reply::of_nil(),
              reply::of_bulk("d")}));
}

TEST(ReplyReaderTest, MoreMayBeFedBeforeAllIsRead) {
  reply_reader reader;
  auto first = bulk("a") + "$1\r\n";
  auto second = "b\r\n" + bulk("c");
  reader.feed(first);
  EXPECT_EQ(reader.next().reply, reply::of_bulk("a"));
  reader.feed(second);
  EXPECT_EQ(reader.next().reply, reply::of_bulk("b"));
  EXPECT_EQ(reader.next().reply, reply::of_bulk("c"));
  EXPECT_FALSE(reader.has_unread());
}

TEST(ReplyReaderTest, MovingKeepsTheUnreadPart) {
  reply_reader first;
  first.feed("*2\r\n:1\r\n");
  EXPECT_EQ(first.next().status, status::need_more);
  auto second = std::move(first);
  second.feed(":2\r\n");
  EXPECT_EQ(second.next().reply,
            reply::of_array({reply::of_integer(1), reply::of_integer(2)}));
}

// -- what is refused ----------------------------------------------------------

TEST(ReplyReaderTest, GarbageFailsForGood) {
  // Given a server that speaks something else
  for (auto garbage : {"HTTP/1.1 400 Bad Request\r\n\r\n"s,
                       "\x16\x03\x01"s,
                       "\r\n"s,
                       "\0"s,
                       "%1\r\n+a\r\n+b\r\n"s,
                       "_\r\n"s,
                       ">1\r\n+a\r\n"s,
                       ":\r\n"s,
                       ":abc\r\n"s,
                       ":1.5\r\n"s,
                       ":9223372036854775808\r\n"s,
                       "$-2\r\n"s,
                       "$x\r\n"s,
                       "*-2\r\n"s,
                       "*x\r\n"s,
                       "$03\r\nabc\r\n"s,
                       "$00\r\n\r\n"s,
                       "$+1\r\na\r\n"s,
                       "$1 \r\na\r\n"s,
                       "$\r\n\r\n"s}) {
    reply_reader reader;
    reader.feed(garbage);

    // When it is read, then it fails and quotes nothing
    auto result = reader.next();
    ASSERT_EQ(result.status, status::failed) << garbage;
    EXPECT_FALSE(result.error.empty());
    EXPECT_EQ(result.error.find("HTTP"), std::string_view::npos);

    // and good replies do not mend it.
    reader.feed("+OK\r\n");
    EXPECT_EQ(reader.next().status, status::failed) << garbage;
  }
}

TEST(ReplyReaderTest, ABulkStringMustEndWhereAnnounced) {
  EXPECT_EQ(read({"$3\r\nabcd\r\n"}).error,
            "a bulk string does not end where announced");
}

TEST(ReplyReaderTest, AnnouncedSizesAreRefusedBeforeTheBytesCome) {
  // The default limits, and nothing but the announcement.
  EXPECT_EQ(read({"$4194305\r\n"}).error,
            "a bulk string is longer than allowed");
  EXPECT_EQ(read({"$9223372036854775807\r\n"}).error,
            "a bulk string is longer than allowed");
  EXPECT_EQ(read({"*200001\r\n"}).error,
            "a reply has more elements than allowed");
  EXPECT_EQ(read({"*2147483647\r\n"}).error,
            "a reply has more elements than allowed");
  EXPECT_NE(read({"*4294967296\r\n"}).error, "");
}

TEST(ReplyReaderTest, AnAllowedAnnouncementReservesLittle) {
  // Given an array that announces as many elements as are allowed
  reply_limits limits;
  auto out = read({"*200000\r\n:1\r\n"}, limits);

  // Then it waits for the elements, and what there is takes a few elements.
  EXPECT_EQ(out.error, "");
  EXPECT_TRUE(out.rest);
  auto small = read({"*2\r\n:1\r\n:2\r\n"});
  EXPECT_LE(small.replies[0].elements.capacity(), 16u);
}

TEST(ReplyReaderTest, ElementsOfNestedArraysCountTogether) {
  reply_limits limits;
  limits.max_elements = 5;
  EXPECT_EQ(read({"*2\r\n*3\r\n:1\r\n:2\r\n:3\r\n*0\r\n"}, limits).error, "");
  EXPECT_EQ(read({"*2\r\n*3\r\n:1\r\n:2\r\n:3\r\n*1\r\n"}, limits).error,
            "a reply has more elements than allowed");
}

TEST(ReplyReaderTest, TheNextReplyCountsItsElementsAfresh) {
  reply_limits limits;
  limits.max_elements = 2;
  auto out = read({"*2\r\n:1\r\n:2\r\n*2\r\n:1\r\n:2\r\n"}, limits);
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.replies.size(), 2u);
}

TEST(ReplyReaderTest, NestingHasALimit) {
  reply_limits limits;
  limits.max_depth = 2;
  EXPECT_EQ(read({"*1\r\n*1\r\n:1\r\n"}, limits).error, "");
  EXPECT_EQ(read({"*1\r\n*1\r\n*1\r\n:1\r\n"}, limits).error,
            "arrays are nested deeper than allowed");
  std::string deep;
  for (int i = 0; i < 100; ++i)
    deep += "*1\r\n";
  EXPECT_NE(read({deep}).error, "");
}

TEST(ReplyReaderTest, BulkStringsHaveALimit) {
  reply_limits limits;
  limits.max_bulk_bytes = 3;
  EXPECT_EQ(read({bulk("abc")}, limits).error, "");
  EXPECT_EQ(read({bulk("abcd")}, limits).error,
            "a bulk string is longer than allowed");
}

TEST(ReplyReaderTest, LinesHaveALimitAlsoWithoutAnEnd) {
  reply_limits limits;
  limits.max_line_bytes = 10;
  EXPECT_EQ(read({"+0123456789\r\n"}, limits).error, "");
  EXPECT_EQ(read({"+0123456789a\r\n"}, limits).error,
            "a line is longer than allowed");
  EXPECT_EQ(read({"-0123456789abcdef"}, limits).error,
            "a line is longer than allowed");
  EXPECT_NE(read({"$" + std::string(50, '1')}, limits).error, "");
}

TEST(ReplyReaderTest, RepliesHaveALimitAsAWhole) {
  reply_limits limits;
  limits.max_reply_bytes = 30;
  auto small = bulk("0123456789");
  EXPECT_EQ(read({small + small + small}, limits).error, "");
  EXPECT_EQ(read({"*2\r\n" + small + small}, limits).error,
            "a reply is longer than allowed");
  EXPECT_EQ(read({"*9\r\n" + small, small}, limits).error,
            "a reply is longer than allowed");
}

TEST(ReplyReaderTest, PrintsNoContent) {
  auto out = read({"*2\r\n$6\r\nCANARY\r\n-CANARY\r\n"});
  EXPECT_EQ(to_string(out.replies[0]), "array(2 elements)");
  EXPECT_EQ(to_string(out.replies[0].elements[0]), "bulk(6 bytes)");
  EXPECT_EQ(to_string(out.replies[0].elements[1]), "error(6 bytes)");
}

TEST(ReplyReaderTest, RandomBytesNeitherHangNorGrow) {
  // A small generator of bytes that look like replies; always the same ones.
  constexpr std::string_view alphabet = "*$+-:0123456789\r\n\r\n\r\nab";
  std::uint32_t state = 1;
  for (int round = 0; round < 2000; ++round) {
    std::string stream;
    for (int i = 0; i < 60; ++i) {
      state = state * 1664525u + 1013904223u;
      stream.push_back(alphabet[(state >> 16) % alphabet.size()]);
    }
    auto whole = read({stream});
    std::string_view all{stream};
    EXPECT_EQ(read({all.substr(0, 20), all.substr(20)}).replies, whole.replies);
  }
}

// -- memory -------------------------------------------------------------------

TEST(ReplyReaderTest, RecycledRepliesLeaveNothingBehind) {
  auto stream = bulk("first") + ":7\r\n" + "$-1\r\n" + "-ERR no\r\n" + "*2\r\n"
                + bulk("a") + ":1\r\n" + "+OK\r\n" + bulk("") + "*0\r\n"
                + bulk("last");
  auto expected = read({stream}).replies;
  ASSERT_EQ(expected.size(), 9u);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    reply_reader reader;
    std::vector<reply> seen;
    auto view = std::string_view{stream};
    for (auto portion : {view.substr(0, cut), view.substr(cut)}) {
      reader.feed(portion);
      for (;;) {
        auto result = reader.next();
        if (result.status != status::have_reply)
          break;
        seen.push_back(result.reply);
        reader.recycle(std::move(result.reply));
      }
    }
    EXPECT_EQ(seen, expected) << cut;
  }
}

TEST(ReplyReaderTest, LittleMemoryIsKeptForLaterReplies) {
  reply_reader reader;
  auto capacity_after = [&reader](reply recycled) {
    reader.recycle(std::move(recycled));
    // The first was begun before.
    auto stream = bulk("x") + bulk("x");
    reader.feed(stream);
    reader.next();
    return reader.next().reply.text.capacity();
  };
  EXPECT_LE(capacity_after(reply::of_bulk(std::string(100'000, 'x'))), 4096u);
  auto small = capacity_after(reply::of_bulk(std::string(700, 'x')));
  EXPECT_GE(small, 700u);
}

} // namespace
