#include "obol/internal/hash_lanes.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace obol::internal {
namespace {

/// FIPS 180-4, 5.3.3.
constexpr hash_words initial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/// The standard's example: "abc", as a padded block.
std::vector<unsigned char> padded_abc() {
  std::vector<unsigned char> result(hash_block_bytes);
  result[0] = 'a';
  result[1] = 'b';
  result[2] = 'c';
  result[3] = 0x80;
  result.back() = 24;
  return result;
}

constexpr hash_words hash_of_abc
  = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
     0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};

/// Some hashes under way, of as many blocks as said.
struct hashes {
  explicit hashes(const std::vector<std::size_t>& counts) {
    std::mt19937 random{7};
    for (auto count : counts) {
      auto& bytes = blocks.emplace_back(count * hash_block_bytes);
      for (auto& x : bytes)
        x = static_cast<unsigned char>(random());
      auto& state = states.emplace_back();
      for (auto& x : state)
        x = static_cast<std::uint32_t>(random());
    }
  }

  std::vector<hash_run> runs() {
    std::vector<hash_run> result;
    for (std::size_t i = 0; i < blocks.size(); ++i)
      result.push_back(
        {&states[i], blocks[i].data(), blocks[i].size() / hash_block_bytes});
    return result;
  }

  std::vector<std::vector<unsigned char>> blocks;
  std::vector<hash_words> states;
};

TEST(HashLanesTest, StandardsExampleComesOutInEveryLane) {
  auto block = padded_abc();
  for (std::size_t count = 1; count <= 2 * hash_lanes; ++count) {
    std::vector<hash_words> states(count, initial);
    std::vector<hash_run> runs;
    for (auto& x : states)
      runs.push_back({&x, block.data(), 1});
    hash_all(runs);
    for (auto& x : states)
      EXPECT_EQ(x, hash_of_abc);
  }
}

TEST(HashLanesTest, StandardsExampleComesOutOfOpenSslToo) {
  auto block = padded_abc();
  auto state = initial;
  hash_run run{&state, block.data(), 1};
  hash_one_by_one({&run, 1});
  EXPECT_EQ(state, hash_of_abc);
}

TEST(HashLanesTest, RunsOfAnyLengthsEndAsOneByOne) {
  std::mt19937 random{11};
  for (int i = 0; i < 300; ++i) {
    std::vector<std::size_t> counts(random() % 12);
    for (auto& x : counts)
      x = random() % 9;
    hashes side_by_side{counts};
    hashes alone{counts};
    auto runs = side_by_side.runs();
    hash_all(runs);
    hash_one_by_one(alone.runs());
    EXPECT_EQ(side_by_side.states, alone.states);
  }
}

TEST(HashLanesTest, NothingIsNoTrouble) {
  hash_all({});
  hash_one_by_one({});
}

} // namespace
} // namespace obol::internal
