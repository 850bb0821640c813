#include "obol/etf/term.hpp"

#include <algorithm>
#include <bit>

namespace obol::etf {

namespace {

using order = std::strong_ordering;

order compare_items(const std::vector<term>& xs, const std::vector<term>& ys) {
  if (xs.size() != ys.size())
    return xs.size() <=> ys.size();
  for (std::size_t i = 0; i < xs.size(); ++i)
    if (auto result = compare(xs[i], ys[i]); result != 0)
      return result;
  return order::equal;
}

order compare_value(std::int64_t x, std::int64_t y) {
  return x <=> y;
}

order compare_value(const big_integer& x, const big_integer& y) {
  if (x.negative != y.negative)
    return x.negative <=> y.negative;
  return x.magnitude <=> y.magnitude;
}

order compare_value(double x, double y) {
  return std::bit_cast<std::uint64_t>(x) <=> std::bit_cast<std::uint64_t>(y);
}

order compare_value(const atom& x, const atom& y) {
  return x.name <=> y.name;
}

order compare_value(const binary& x, const binary& y) {
  return x.bytes <=> y.bytes;
}

order compare_value(const bitstring& x, const bitstring& y) {
  if (x.last_bits != y.last_bits)
    return x.last_bits <=> y.last_bits;
  return x.bytes <=> y.bytes;
}

order compare_value(const list& x, const list& y) {
  return compare_items(x.items, y.items);
}

order compare_value(const improper_list& x, const improper_list& y) {
  if (auto result = compare_items(x.items, y.items); result != 0)
    return result;
  return compare_items(x.tail, y.tail);
}

order compare_value(const tuple& x, const tuple& y) {
  return compare_items(x.items, y.items);
}

order compare_value(const map& x, const map& y) {
  const auto& xs = x.pairs();
  const auto& ys = y.pairs();
  if (xs.size() != ys.size())
    return xs.size() <=> ys.size();
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (auto result = compare(xs[i].first, ys[i].first); result != 0)
      return result;
    if (auto result = compare(xs[i].second, ys[i].second); result != 0)
      return result;
  }
  return order::equal;
}

order compare_value(const opaque& x, const opaque& y) {
  return x.bytes <=> y.bytes;
}

bool key_less(const map::pair& x, const map::pair& y) {
  return compare(x.first, y.first) < 0;
}

} // namespace

order compare(const term& x, const term& y) {
  if (x.value_.index() != y.value_.index())
    return x.value_.index() <=> y.value_.index();
  return std::visit(
    [&y](const auto& value) {
      using type = std::decay_t<decltype(value)>;
      return compare_value(value, *y.get_if<type>());
    },
    x.value_);
}

std::optional<map> map::from_pairs(std::vector<pair> pairs) {
  std::sort(pairs.begin(), pairs.end(), key_less);
  auto equal_keys
    = [](const pair& x, const pair& y) { return x.first == y.first; };
  if (std::adjacent_find(pairs.begin(), pairs.end(), equal_keys) != pairs.end())
    return std::nullopt;
  map result;
  result.pairs_ = std::move(pairs);
  return result;
}

const term* map::find(const term& key) const {
  auto less
    = [](const pair& x, const term& y) { return compare(x.first, y) < 0; };
  auto i = std::lower_bound(pairs_.begin(), pairs_.end(), key, less);
  return i != pairs_.end() && i->first == key ? &i->second : nullptr;
}

term term::integer(bool negative, std::string magnitude) {
  while (!magnitude.empty() && magnitude.back() == '\0')
    magnitude.pop_back();
  if (magnitude.size() <= sizeof(std::uint64_t)) {
    std::uint64_t bits = 0;
    for (auto i = magnitude.rbegin(); i != magnitude.rend(); ++i)
      bits = (bits << 8) | static_cast<std::uint8_t>(*i);
    constexpr auto sign_bit = std::uint64_t{1} << 63;
    if (bits < sign_bit || (negative && bits == sign_bit))
      return static_cast<std::int64_t>(negative ? std::uint64_t{0} - bits
                                                : bits);
  }
  return term{value_type{big_integer{negative, std::move(magnitude)}}};
}

term term::cons(std::vector<term> items, term tail) {
  if (items.empty())
    return tail;
  auto append = [&items](std::vector<term>& more) {
    items.insert(items.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
  };
  if (auto* rest = std::get_if<list>(&tail.value_)) {
    append(rest->items);
    return list{std::move(items)};
  }
  improper_list result;
  if (auto* rest = std::get_if<improper_list>(&tail.value_)) {
    append(rest->items);
    result.tail = std::move(rest->tail);
  } else {
    result.tail.push_back(std::move(tail));
  }
  result.items = std::move(items);
  return term{value_type{std::move(result)}};
}

term term::nil() {
  return atom{"nil"};
}

bool term::is_atom(std::string_view name) const noexcept {
  auto* value = get_if<atom>();
  return value && value->name == name;
}

} // namespace obol::etf
