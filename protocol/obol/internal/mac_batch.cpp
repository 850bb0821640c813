#include "obol/internal/mac_batch.hpp"

#include <array>
#include <cassert>

namespace obol::internal {

namespace {

/// The end of a message (FIPS 180-4, 5.1.1): a bit, zeros, and the length in
/// bits with eight bytes, most significant first.
constexpr unsigned char end_mark = 0x80;
constexpr std::size_t length_bytes = 8;

template <class Unsigned>
void put_big_endian(Unsigned x, unsigned char* to) {
  for (auto i = sizeof(x); i-- > 0; x >>= 8)
    to[i] = static_cast<unsigned char>(x);
}

mac_bytes to_bytes(const hash_words& words) {
  mac_bytes result;
  for (std::size_t i = 0; i < words.size(); ++i)
    put_big_endian(words[i], result.data() + i * sizeof(words[i]));
  return result;
}

std::string_view to_view(const mac_bytes& mac) {
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

const unsigned char* to_bytes(std::string_view x) {
  return reinterpret_cast<const unsigned char*>(x.data());
}

} // namespace

void mac_batch::add(const keyed_mac& key, std::string_view head,
                    std::string_view body) {
  assert(!is_full());
  auto size = head.size() + body.size();
  // Behind a head the blocks begin elsewhere.
  auto in_place = head.empty() ? size - size % hash_block_bytes : 0;
  messages_.push_back({&key, body.substr(0, in_place), ends_.size(), {}});
  ends_.insert(ends_.end(), head.begin(), head.end());
  put_end(body.substr(in_place), size);
}

// The states that are as good as a key are here only while they are needed.
std::span<const mac_bytes> mac_batch::compute() {
  for (auto& x : messages_)
    x.state = x.key->inner();
  hash_begins();
  hash_ends();
  // The outer hash is of the inner one's result.
  ends_.clear();
  for (auto& x : messages_) {
    auto inner = to_bytes(x.state);
    x = {x.key, {}, ends_.size(), x.key->outer()};
    put_end(to_view(inner), inner.size());
  }
  hash_ends();
  results_.clear();
  for (auto& x : messages_)
    results_.push_back(to_bytes(x.state));
  messages_.clear();
  ends_.clear();
  return results_;
}

void mac_batch::put_end(std::string_view bytes, std::size_t message_bytes) {
  ends_.insert(ends_.end(), bytes.begin(), bytes.end());
  ends_.push_back(end_mark);
  auto blocks
    = (ends_.size() + length_bytes + hash_block_bytes - 1) / hash_block_bytes;
  ends_.resize(blocks * hash_block_bytes);
  // The block of the key came before.
  std::uint64_t bits = (hash_block_bytes + message_bytes) * 8;
  put_big_endian(bits, ends_.data() + ends_.size() - length_bytes);
}

void mac_batch::hash_begins() {
  std::array<hash_run, max_messages> runs;
  std::size_t count = 0;
  for (auto& x : messages_)
    runs[count++]
      = {&x.state, to_bytes(x.begin), x.begin.size() / hash_block_bytes};
  hash_all(std::span{runs}.first(count));
}

void mac_batch::hash_ends() {
  std::array<hash_run, max_messages> runs;
  auto end = ends_.size();
  for (auto i = messages_.size(); i-- > 0;) {
    auto& x = messages_[i];
    runs[i] = {&x.state, ends_.data() + x.end_offset,
               (end - x.end_offset) / hash_block_bytes};
    end = x.end_offset;
  }
  hash_all(std::span{runs}.first(messages_.size()));
}

} // namespace obol::internal
