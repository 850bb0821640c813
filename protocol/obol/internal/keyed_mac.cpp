// The hash itself, without OpenSSL's contexts around it: they allocate twice
// for every message and take a fifth of its time. The functions are deprecated
// since OpenSSL 3.0 in favour of these contexts, and still there.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "obol/internal/keyed_mac.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cassert>
#include <new>

namespace obol::internal {

namespace {

using block = std::array<unsigned char, SHA256_CBLOCK>;

static_assert(sizeof(mac_bytes) == SHA256_DIGEST_LENGTH);

SHA256_CTX start_with(std::span<const unsigned char> key, unsigned char pad) {
  block padded{};
  padded.fill(pad);
  for (std::size_t i = 0; i < key.size(); ++i)
    padded[i] ^= key[i];
  SHA256_CTX result;
  SHA256_Init(&result);
  SHA256_Update(&result, padded.data(), padded.size());
  OPENSSL_cleanse(padded.data(), padded.size());
  return result;
}

hash_words words_of(const SHA256_CTX& hash) {
  hash_words result;
  std::copy_n(hash.h, result.size(), result.begin());
  return result;
}

} // namespace

struct keyed_mac::states {
  SHA256_CTX inner;
  SHA256_CTX outer;
};

keyed_mac::keyed_mac(std::span<const unsigned char> key)
  : memory_(std::make_unique<secret_page>(sizeof(states))) {
  assert(key.size() <= sizeof(block));
  new (memory_->bytes().data())
    states{start_with(key, 0x36), start_with(key, 0x5c)};
}

const keyed_mac::states& keyed_mac::ready() const {
  const void* begin = memory_->bytes().data();
  return *static_cast<const states*>(begin);
}

void keyed_mac::compute(std::span<const std::string_view> parts,
                        mac_bytes& result) const {
  auto hash = ready().inner;
  for (auto part : parts)
    SHA256_Update(&hash, part.data(), part.size());
  SHA256_Final(result.data(), &hash);
  hash = ready().outer;
  SHA256_Update(&hash, result.data(), result.size());
  SHA256_Final(result.data(), &hash);
}

hash_words keyed_mac::inner() const {
  return words_of(ready().inner);
}

hash_words keyed_mac::outer() const {
  return words_of(ready().outer);
}

} // namespace obol::internal
