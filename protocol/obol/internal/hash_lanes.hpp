#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace obol::internal {

/// The state of a SHA-256 hash (FIPS 180-4) between two blocks.
using hash_words = std::array<std::uint32_t, 8>;

inline constexpr std::size_t hash_block_bytes = 64;

/// A hash that is to go on by so many whole blocks.
struct hash_run {
  hash_words* state;
  const unsigned char* blocks;
  std::size_t count;
};

/// How many hashes go side by side.
inline constexpr std::size_t hash_lanes = 4;

/// Carries out all runs, each of another state; leaves `runs` without meaning.
///
/// In one hash every step waits for the one before, so a processor with SHA
/// instructions idles for most of the time: four side by side take hardly
/// longer than one. Measured: 590 ns for 704 bytes alone, 190 ns each of four.
/// A processor without gets one after the other, as does `one_by_one`.
void hash_all(std::span<hash_run> runs);

/// The same by OpenSSL.
void hash_one_by_one(std::span<const hash_run> runs);

} // namespace obol::internal
