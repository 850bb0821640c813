#include "obol/etf/reader.hpp"

#include "obol/internal/errors.hpp"
#include "obol/internal/etf_cursor.hpp"
#include "obol/internal/etf_document.hpp"
#include "obol/internal/etf_tags.hpp"

#include <optional>

namespace obol::etf {

namespace {

using internal::etf_cursor;
namespace tag = internal::tag;

/// Builds terms. Recursive, at most `max_depth` deep.
class builder {
public:
  explicit builder(std::string_view bytes) : cursor_(bytes) {
  }

  std::optional<term> build(std::size_t depth_left);

  bool at_end() const {
    return cursor_.left() == 0;
  }

private:
  std::optional<term> build_integer();
  std::optional<term> build_bits();
  std::optional<term> build_string();
  std::optional<term> build_list(std::size_t depth_left);
  std::optional<term> build_tuple(std::size_t depth_left);
  std::optional<term> build_map(std::size_t depth_left);
  std::optional<term> build_opaque(std::size_t depth_left);

  /// `count` terms; grows as they arrive.
  std::optional<std::vector<term>> build_items(std::uint64_t count,
                                               std::size_t depth_left);

  etf_cursor cursor_;
  std::size_t elements_left_ = max_elements;
};

std::optional<term> builder::build(std::size_t depth_left) {
  if (cursor_.at_opaque())
    return build_opaque(depth_left);
  if (elements_left_ == 0)
    return std::nullopt;
  --elements_left_;
  internal::etf_atom atom_view;
  std::string_view bytes;
  double number = 0;
  switch (cursor_.peek()) {
    case tag::small_atom_utf8:
    case tag::atom_utf8:
    case tag::small_atom:
    case tag::atom:
      if (!cursor_.read_atom(atom_view))
        return std::nullopt;
      return term{atom{atom_view.utf8()}};
    case tag::binary:
      if (!cursor_.read_binary(bytes))
        return std::nullopt;
      return term{std::string{bytes}};
    case tag::small_integer:
    case tag::integer:
    case tag::small_big:
    case tag::large_big:
      return build_integer();
    case tag::new_float:
    case tag::old_float:
      if (!cursor_.read_float(number))
        return std::nullopt;
      return term{number};
    case tag::bit_binary:
      return build_bits();
    case tag::string:
      return build_string();
    case tag::nil:
    case tag::list:
      return build_list(depth_left);
    case tag::small_tuple:
    case tag::large_tuple:
      return build_tuple(depth_left);
    case tag::map:
      return build_map(depth_left);
    default:
      return std::nullopt;
  }
}

std::optional<term> builder::build_integer() {
  if (cursor_.peek() == tag::small_integer || cursor_.peek() == tag::integer) {
    std::int64_t small = 0;
    if (!cursor_.read_int64(small))
      return std::nullopt;
    return term{small};
  }
  internal::etf_integer big;
  if (!cursor_.read_big(big))
    return std::nullopt;
  return term::integer(big.negative, std::string{big.magnitude});
}

std::optional<term> builder::build_bits() {
  std::string_view bytes;
  bitstring result;
  if (!cursor_.read_bits(bytes, result.last_bits))
    return std::nullopt;
  result.bytes = bytes;
  if (result.last_bits == 0 || result.last_bits == 8)
    return term{std::move(result.bytes)};
  auto unused = 8 - result.last_bits;
  auto& last = result.bytes.back();
  last
    = static_cast<char>((static_cast<std::uint8_t>(last) >> unused) << unused);
  return term{std::move(result)};
}

std::optional<term> builder::build_string() {
  std::uint8_t tag_byte = 0;
  std::uint16_t size = 0;
  std::string_view bytes;
  if (!cursor_.read_u8(tag_byte) || !cursor_.read_u16(size)
      || !cursor_.read_bytes(size, bytes))
    return std::nullopt;
  list result;
  result.items.reserve(bytes.size());
  for (auto c : bytes)
    result.items.emplace_back(int{static_cast<std::uint8_t>(c)});
  return term{std::move(result)};
}

std::optional<term> builder::build_list(std::size_t depth_left) {
  std::uint8_t tag_byte = 0;
  std::uint32_t size = 0;
  if (!cursor_.read_u8(tag_byte))
    return std::nullopt;
  if (tag_byte == tag::nil)
    return term{};
  if (!cursor_.read_u32(size))
    return std::nullopt;
  auto items = build_items(std::uint64_t{size} + 1, depth_left);
  if (!items)
    return std::nullopt;
  auto tail = std::move(items->back());
  items->pop_back();
  return term::cons(std::move(*items), std::move(tail));
}

std::optional<term> builder::build_tuple(std::size_t depth_left) {
  std::uint8_t tag_byte = 0;
  std::uint8_t short_size = 0;
  std::uint32_t size = 0;
  if (!cursor_.read_u8(tag_byte))
    return std::nullopt;
  if (tag_byte == tag::small_tuple) {
    if (!cursor_.read_u8(short_size))
      return std::nullopt;
    size = short_size;
  } else if (!cursor_.read_u32(size)) {
    return std::nullopt;
  }
  auto items = build_items(size, depth_left);
  if (!items)
    return std::nullopt;
  return term{tuple{std::move(*items)}};
}

std::optional<term> builder::build_map(std::size_t depth_left) {
  std::uint8_t tag_byte = 0;
  std::uint32_t size = 0;
  if (!cursor_.read_u8(tag_byte) || !cursor_.read_u32(size))
    return std::nullopt;
  auto items = build_items(std::uint64_t{size} * 2, depth_left);
  if (!items)
    return std::nullopt;
  std::vector<map::pair> pairs;
  pairs.reserve(size);
  for (std::size_t i = 0; i < items->size(); i += 2)
    pairs.emplace_back(std::move((*items)[i]), std::move((*items)[i + 1]));
  auto result = map::from_pairs(std::move(pairs));
  if (!result)
    return std::nullopt;
  return term{std::move(*result)};
}

std::optional<term> builder::build_opaque(std::size_t depth_left) {
  auto* begin = cursor_.position();
  if (!cursor_.skip_term(depth_left, elements_left_))
    return std::nullopt;
  return term{opaque{std::string{begin, cursor_.position()}}};
}

std::optional<std::vector<term>> builder::build_items(std::uint64_t count,
                                                      std::size_t depth_left) {
  std::vector<term> result;
  if (count == 0)
    return result;
  // Each term takes a byte at least, so that more cannot come.
  if (count > cursor_.left() || depth_left == 0)
    return std::nullopt;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto item = build(depth_left - 1);
    if (!item)
      return std::nullopt;
    result.push_back(std::move(*item));
  }
  return result;
}

caf::error malformed() {
  return internal::invalid_argument(
    "term: must be one well-formed Erlang term within the limits");
}

} // namespace

caf::expected<term> read(std::string_view bytes) {
  std::string buffer;
  auto body = internal::open_etf(bytes, buffer);
  if (!body)
    return malformed();
  auto result = builder{*body}.build(max_depth);
  if (!result)
    return malformed();
  return std::move(*result);
}

caf::expected<term> read_bare(std::string_view bytes) {
  builder source{bytes};
  auto result
    = bytes.size() <= max_bytes ? source.build(max_depth) : std::nullopt;
  if (!result || !source.at_end())
    return malformed();
  return std::move(*result);
}

} // namespace obol::etf
