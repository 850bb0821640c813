// OpenSSL's hash without its contexts, which know no state to go on from. The
// functions are deprecated since 3.0, and still there.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "obol/internal/hash_lanes.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <functional>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace obol::internal {

void hash_one_by_one(std::span<const hash_run> runs) {
  for (auto& run : runs) {
    SHA256_CTX hash{};
    std::copy(run.state->begin(), run.state->end(), hash.h);
    for (std::size_t i = 0; i < run.count; ++i)
      SHA256_Transform(&hash, run.blocks + i * hash_block_bytes);
    std::copy_n(hash.h, run.state->size(), run.state->begin());
  }
}

#if defined(__x86_64__)

namespace {

/// FIPS 180-4, 4.2.2.
alignas(16) constexpr std::uint32_t round_constants[64]
  = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
     0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
     0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
     0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
     0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
     0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
     0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
     0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
     0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
     0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
     0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// The instructions want the words A to H as ABEF and CDGH.

[[gnu::target("sse4.1,sha")]] inline void load(const hash_words& from,
                                               __m128i& abef, __m128i& cdgh) {
  auto* words = reinterpret_cast<const __m128i*>(from.data());
  auto badc = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xB1);
  auto hgfe = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0x1B);
  abef = _mm_alignr_epi8(badc, hgfe, 8);
  cdgh = _mm_blend_epi16(hgfe, badc, 0xF0);
}

[[gnu::target("sse4.1,sha")]] inline void store(hash_words& to, __m128i abef,
                                                __m128i cdgh) {
  auto* words = reinterpret_cast<__m128i*>(to.data());
  auto feba = _mm_shuffle_epi32(abef, 0x1B);
  auto dchg = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128(words, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128(words + 1, _mm_alignr_epi8(dchg, feba, 8));
}

/// Carries out so many blocks of each of the first `Lanes` runs. Follows
/// Intel's "New Instructions Supporting the Secure Hash Algorithm" (2013), four
/// rounds of all lanes at a time.
template <std::size_t Lanes>
[[gnu::target("sse4.1,sha")]] void advance(hash_run* runs, std::size_t count) {
  const auto big_endian
    = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i abef[Lanes], cdgh[Lanes];
  for (std::size_t i = 0; i < Lanes; ++i)
    load(*runs[i].state, abef[i], cdgh[i]);
  for (std::size_t block = 0; block < count; ++block) {
    __m128i abef_before[Lanes], cdgh_before[Lanes], words[Lanes][4];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < Lanes; ++i) {
      abef_before[i] = abef[i];
      cdgh_before[i] = cdgh[i];
    }
#pragma GCC unroll 16
    for (std::size_t step = 0; step < 16; ++step) {
      auto constants = _mm_load_si128(
        reinterpret_cast<const __m128i*>(round_constants) + step);
#pragma GCC unroll 4
      for (std::size_t i = 0; i < Lanes; ++i) {
        auto& w = words[i];
        auto& next = w[step % 4];
        if (step < 4) {
          auto* from = reinterpret_cast<const __m128i*>(
            runs[i].blocks + block * hash_block_bytes);
          next = _mm_shuffle_epi8(_mm_loadu_si128(from + step), big_endian);
        } else {
          auto& last = w[(step + 3) % 4];
          auto seven_back = _mm_alignr_epi8(last, w[(step + 2) % 4], 4);
          auto sum = _mm_sha256msg1_epu32(next, w[(step + 1) % 4]);
          next = _mm_sha256msg2_epu32(_mm_add_epi32(sum, seven_back), last);
        }
        auto x = _mm_add_epi32(next, constants);
        cdgh[i] = _mm_sha256rnds2_epu32(cdgh[i], abef[i], x);
        x = _mm_shuffle_epi32(x, 0x0E);
        abef[i] = _mm_sha256rnds2_epu32(abef[i], cdgh[i], x);
      }
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < Lanes; ++i) {
      abef[i] = _mm_add_epi32(abef[i], abef_before[i]);
      cdgh[i] = _mm_add_epi32(cdgh[i], cdgh_before[i]);
    }
  }
  for (std::size_t i = 0; i < Lanes; ++i) {
    store(*runs[i].state, abef[i], cdgh[i]);
    runs[i].blocks += count * hash_block_bytes;
    runs[i].count -= count;
  }
}

constexpr void (*advance_by_lanes[hash_lanes])(hash_run*, std::size_t)
  = {advance<1>, advance<2>, advance<3>, advance<4>};

bool has_instructions() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __builtin_cpu_supports("sse4.1")
         && __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0
         && (ebx & bit_SHA) != 0;
}

/// Moves runs that have ended behind the others.
/// @returns how many are left
std::size_t partition(std::span<hash_run> runs) {
  auto ended = [](const hash_run& x) { return x.count == 0; };
  auto middle = std::partition(runs.begin(), runs.end(), std::not_fn(ended));
  return static_cast<std::size_t>(middle - runs.begin());
}

} // namespace

void hash_all(std::span<hash_run> runs) {
  static const bool may_use_instructions = has_instructions();
  if (!may_use_instructions)
    return hash_one_by_one(runs);
  // A lane that becomes free is taken by the next run.
  for (runs = runs.first(partition(runs)); !runs.empty();
       runs = runs.first(partition(runs))) {
    auto lanes = std::min(runs.size(), hash_lanes);
    auto shortest = std::min_element(
      runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(lanes),
      [](auto& x, auto& y) { return x.count < y.count; });
    advance_by_lanes[lanes - 1](runs.data(), shortest->count);
  }
}

#else

void hash_all(std::span<hash_run> runs) {
  hash_one_by_one(runs);
}

#endif

} // namespace obol::internal
