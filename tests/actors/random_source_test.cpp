#include "obol/internal/random_source.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <thread>
#include <vector>

namespace obol::test {
namespace {

using internal::make_system_random_source;

/// More than one question to the system yields.
constexpr int many = 1'000;

TEST(RandomSourceTest, NumbersOfManyThreadsDoNotRepeat) {
  auto source = make_system_random_source();
  std::vector<std::vector<std::uint64_t>> taken(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : taken)
      threads.emplace_back([&source, &mine] {
        for (int i = 0; i < many; ++i)
          mine.push_back(source->next());
      });
  }
  std::set<std::uint64_t> all;
  for (auto& mine : taken)
    all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), taken.size() * many);
}

TEST(RandomSourceTest, TwoSourcesHaveNoNumberInCommon) {
  std::set<std::uint64_t> all;
  for (int source = 0; source < 2; ++source) {
    auto numbers = make_system_random_source();
    for (int i = 0; i < many; ++i)
      all.insert(numbers->next());
  }
  EXPECT_EQ(all.size(), 2u * many);
}

} // namespace
} // namespace obol::test
