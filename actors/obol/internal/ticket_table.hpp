#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace obol::internal {

/// Entries by a number that is given out for each and cannot be guessed by
/// somebody who has not seen any: the numbers of requests that go to others.
/// A number is never given out twice in a row of 2^40.
template <class Entry>
class ticket_table {
public:
  /// Up to 60 bits, never 0: what CAF has for the number of a request.
  using ticket = std::uint64_t;

  /// `seed` is any 64 random bits.
  ticket_table(std::size_t limit, std::uint64_t seed)
    : limit_(limit), state_(seed) {
  }

  std::size_t size() const {
    return size_;
  }

  bool full() const {
    return size_ >= limit_;
  }

  /// @pre not `full`
  ticket put(Entry x) {
    if (free_.empty()) {
      free_.push_back(places_.size());
      places_.emplace_back();
    }
    auto index = free_.back();
    free_.pop_back();
    auto& found = places_[index];
    found.id = (nonce() << index_bits) | index;
    found.entry.emplace(std::move(x));
    ++size_;
    return found.id;
  }

  /// The entry, until the table is changed; null if there is none.
  Entry* find(ticket id) {
    auto* found = place_of(id);
    return found ? &*found->entry : nullptr;
  }

  std::optional<Entry> take(ticket id) {
    auto* found = place_of(id);
    if (!found)
      return std::nullopt;
    std::optional<Entry> result{std::move(found->entry)};
    found->entry.reset();
    free_.push_back(id & index_mask);
    --size_;
    return result;
  }

  /// The numbers of the entries that `wanted` says yes to.
  template <class Predicate>
  std::vector<ticket> all(Predicate wanted) const {
    std::vector<ticket> result;
    if (size_ == 0)
      return result;
    for (auto& x : places_)
      if (x.entry && wanted(*x.entry))
        result.push_back(x.id);
    return result;
  }

private:
  /// Enough for 2^20 entries, which no limit exceeds.
  static constexpr unsigned index_bits = 20;
  static constexpr std::uint64_t index_mask = (1u << index_bits) - 1;
  static constexpr std::uint64_t nonce_mask = (std::uint64_t{1} << 40) - 1;

  struct place {
    ticket id = 0;
    std::optional<Entry> entry;
  };

  place* place_of(ticket id) {
    auto index = id & index_mask;
    if (index >= places_.size() || places_[index].id != id
        || !places_[index].entry)
      return nullptr;
    return &places_[index];
  }

  /// splitmix64, without the value that would make a 0 of the first slot.
  std::uint64_t nonce() {
    for (;;) {
      auto x = state_ += 0x9e3779b97f4a7c15u;
      x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
      x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
      if (auto result = (x ^ (x >> 31)) & nonce_mask)
        return result;
    }
  }

  std::size_t limit_;
  std::uint64_t state_;
  std::size_t size_ = 0;
  std::vector<place> places_;
  std::vector<std::size_t> free_;
};

} // namespace obol::internal
