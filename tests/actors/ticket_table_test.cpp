#include "obol/internal/ticket_table.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace obol::test {
namespace {

using table = internal::ticket_table<std::string>;

TEST(TicketTableTest, EntryIsTakenOnceByItsNumber) {
  table x{4, 1};
  auto id = x.put("a");
  EXPECT_EQ(*x.find(id), "a");
  EXPECT_EQ(x.take(id), "a");
  EXPECT_FALSE(x.take(id));
  EXPECT_EQ(x.size(), 0u);
}

TEST(TicketTableTest, NumberOfOneThatWasTakenFindsNoOther) {
  table x{4, 1};
  auto old = x.put("a");
  x.take(old);
  auto id = x.put("b");
  EXPECT_NE(id, old);
  EXPECT_EQ(x.find(old), nullptr);
  EXPECT_EQ(x.take(id), "b");
}

TEST(TicketTableTest, NumbersFitARequestAndAreNeverSmall) {
  table x{64, 7};
  for (int i = 0; i < 64; ++i) {
    auto id = x.put("");
    EXPECT_EQ(id >> 60, 0u);
    EXPECT_GE(id, 1u << 20);
  }
  EXPECT_TRUE(x.full());
}

TEST(TicketTableTest, NumbersDifferFromSeedToSeed) {
  std::set<table::ticket> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    seen.insert(table{1, seed}.put("a"));
  EXPECT_EQ(seen.size(), 100u);
}

TEST(TicketTableTest, NamesThoseThatAreAskedFor) {
  table x{4, 1};
  auto a = x.put("a");
  auto b = x.put("b");
  x.put("a");
  EXPECT_EQ(x.all([](auto& y) { return y == "a"; }).size(), 2u);
  x.take(a);
  EXPECT_EQ(x.all([](auto& y) { return y == "b"; }),
            std::vector<table::ticket>{b});
}

} // namespace
} // namespace obol::test
