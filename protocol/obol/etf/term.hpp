#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace obol::etf {

class term;

/// An Erlang atom, by its name in UTF-8.
struct atom {
  std::string name;
};

/// An integer that does not fit 64 bits.
struct big_integer {
  bool negative = false;
  /// Least significant byte first, without zeros at the end.
  std::string magnitude;
};

/// Bytes; what Elixir calls a string.
struct binary {
  std::string bytes;
};

/// A sequence of bits that is no whole number of bytes.
struct bitstring {
  std::string bytes;
  /// How many high bits of the last byte count: 1 to 7. The others are 0.
  std::uint8_t last_bits = 1;
};

struct list {
  std::vector<term> items;
};

/// A list that ends in something other than the empty list, as `[1, 2 | 3]`.
struct improper_list {
  /// What comes before the bar, at least one.
  std::vector<term> items;
  /// What comes after the bar: exactly one term, no list.
  std::vector<term> tail;
};

struct tuple {
  std::vector<term> items;
};

/// A map; the order of its pairs means nothing.
class map {
public:
  using pair = std::pair<term, term>;

  map() = default;

  /// Empty if two keys are equal.
  static std::optional<map> from_pairs(std::vector<pair> pairs);

  /// The pairs in an order that depends on the keys only.
  const std::vector<pair>& pairs() const noexcept {
    return pairs_;
  }

  /// The value of `key`, or null.
  const term* find(const term& key) const;

private:
  std::vector<pair> pairs_;
};

/// What other nodes or running code gave: process ids, ports, references and
/// functions. Kept as encoded and compared by these bytes.
struct opaque {
  std::string bytes;
};

/// Any Erlang term. Equal means Erlang's `=:=`: whatever the encoding and the
/// order of maps, `1` is not `1.0`, and `0.0` is not `-0.0`.
class term {
public:
  using value_type
    = std::variant<std::int64_t, big_integer, double, atom, binary, bitstring,
                   list, improper_list, tuple, map, opaque>;

  /// The empty list.
  term() : value_(list{}) {
  }

  /// The atom `true` or `false`.
  term(bool value) : value_(atom{value ? "true" : "false"}) {
  }

  term(int value) : value_(std::int64_t{value}) {
  }

  term(std::int64_t value) : value_(value) {
  }

  term(double value) : value_(value) {
  }

  /// A binary.
  term(std::string bytes) : value_(binary{std::move(bytes)}) {
  }

  /// A binary.
  term(const char* bytes) : value_(binary{bytes}) {
  }

  term(atom value) : value_(std::move(value)) {
  }

  term(binary value) : value_(std::move(value)) {
  }

  term(bitstring value) : value_(std::move(value)) {
  }

  term(list value) : value_(std::move(value)) {
  }

  term(tuple value) : value_(std::move(value)) {
  }

  term(map value) : value_(std::move(value)) {
  }

  term(opaque value) : value_(std::move(value)) {
  }

  /// An integer of any size, in its one form: 64 bits where they suffice.
  static term integer(bool negative, std::string magnitude);

  /// `[items... | tail]`; a list if `tail` is one or there are no items.
  static term cons(std::vector<term> items, term tail);

  /// The atom `nil`.
  static term nil();

  const value_type& value() const noexcept {
    return value_;
  }

  template <class T>
  const T* get_if() const noexcept {
    return std::get_if<T>(&value_);
  }

  bool is_atom(std::string_view name) const noexcept;

  friend bool operator==(const term& x, const term& y) {
    return compare(x, y) == 0;
  }

  /// An order over all terms; not Erlang's.
  friend std::strong_ordering compare(const term& x, const term& y);

private:
  explicit term(value_type value) : value_(std::move(value)) {
  }

  value_type value_;
};

std::strong_ordering compare(const term& x, const term& y);

} // namespace obol::etf
