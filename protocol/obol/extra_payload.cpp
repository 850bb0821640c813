#include "obol/extra_payload.hpp"

#include "obol/etf/reader.hpp"
#include "obol/etf/writer.hpp"
#include "obol/internal/errors.hpp"
#include "obol/internal/etf_cursor.hpp"
#include "obol/internal/etf_document.hpp"
#include "obol/internal/etf_put.hpp"
#include "obol/internal/etf_tags.hpp"
#include "obol/internal/extra_payload_access.hpp"
#include "obol/internal/json_term.hpp"

namespace obol {

namespace {

using internal::etf_cursor;
using internal::invalid_argument;
namespace tag = internal::tag;

/// The tag and the number of pairs.
constexpr std::size_t head_size = 5;

constexpr std::string_view empty_map{"t\0\0\0\0", head_size};

/// Where a pair lies in the encoded map.
struct pair_position {
  std::size_t begin = 0;
  std::size_t value = 0;
  std::size_t end = 0;
};

std::uint32_t count_pairs(std::string_view map) {
  etf_cursor cursor{map.substr(1)};
  std::uint32_t result = 0;
  cursor.read_u32(result);
  return result;
}

void set_count(std::string& map, std::uint32_t count) {
  std::string bytes;
  internal::put_u32(bytes, count);
  map.replace(1, bytes.size(), bytes);
}

/// Takes the next term; true if it is the binary `key`.
bool take_key(etf_cursor& cursor, std::string_view key) {
  std::string_view bytes;
  std::uint8_t last_bits = 0;
  switch (cursor.peek()) {
    case tag::binary:
      return cursor.read_binary(bytes) && bytes == key;
    case tag::bit_binary:
      return cursor.read_bits(bytes, last_bits)
             && (last_bits == 0 || last_bits == 8) && bytes == key;
    default:
      cursor.skip_term();
      return false;
  }
}

std::optional<pair_position> locate(std::string_view map,
                                    std::string_view key) {
  auto body = map.substr(head_size);
  etf_cursor cursor{body};
  auto offset = [&] { return map.size() - cursor.left(); };
  for (auto left = count_pairs(map); left > 0; --left) {
    pair_position at;
    at.begin = offset();
    auto found = take_key(cursor, key);
    at.value = offset();
    if (!cursor.skip_term())
      return std::nullopt;
    at.end = offset();
    if (found)
      return at;
  }
  return std::nullopt;
}

bool is_whole_map(std::string_view bytes) {
  etf_cursor cursor{bytes};
  return bytes.size() <= etf::max_bytes && cursor.peek() == tag::map
         && cursor.skip_term() && cursor.left() == 0;
}

} // namespace

extra_payload::extra_payload() : etf_(empty_map) {
}

caf::expected<extra_payload> extra_payload::from_etf(std::string bytes) {
  if (!bytes.empty()
      && static_cast<std::uint8_t>(bytes.front()) == tag::version) {
    std::string buffer;
    auto body = internal::open_etf(bytes, buffer);
    bytes = body ? std::string{*body} : std::string{};
  }
  // Reading it once finds keys that stand twice.
  if (!is_whole_map(bytes) || !etf::read_bare(bytes))
    return invalid_argument(
      "extra_payload: must be one well-formed Erlang map within the limits");
  return internal::extra_payload_access::adopt(std::move(bytes));
}

caf::expected<extra_payload> extra_payload::from_json(std::string_view text) {
  auto value = internal::term_of_json(text, internal::max_json_depth);
  if (!value || !value->get_if<etf::map>())
    return invalid_argument(
      "extra_payload: must be one JSON object within the limits, without a "
      "key twice");
  std::string bytes;
  if (auto error = etf::append_bare(bytes, *value))
    return error;
  return internal::extra_payload_access::adopt(std::move(bytes));
}

caf::expected<std::string> extra_payload::to_json() const {
  auto value = term();
  if (!value)
    return std::move(value.error());
  std::string result;
  if (!internal::append_json(result, *value))
    return invalid_argument(
      "extra_payload: holds what JSON cannot say, or too many values");
  return result;
}

caf::expected<etf::term> extra_payload::term() const {
  return etf::read_bare(etf_);
}

std::optional<etf::term> extra_payload::find(std::string_view key) const {
  auto at = locate(etf_, key);
  if (!at)
    return std::nullopt;
  auto value = etf::read_bare(
    std::string_view{etf_}.substr(at->value, at->end - at->value));
  if (!value)
    return std::nullopt;
  return std::move(*value);
}

caf::error extra_payload::set(std::string_view key, const etf::term& value) {
  std::string pair;
  if (key.size() > etf::max_bytes)
    return invalid_argument("extra_payload: a key is too long");
  internal::put_binary(pair, key);
  if (auto error = etf::append_bare(pair, value, etf::max_depth - 1))
    return error;
  auto changed = etf_;
  if (auto at = locate(changed, key)) {
    changed.replace(at->begin, at->end - at->begin, pair);
  } else {
    changed += pair;
    set_count(changed, count_pairs(changed) + 1);
  }
  if (!is_whole_map(changed))
    return invalid_argument("extra_payload: must keep within the limits");
  etf_ = std::move(changed);
  return {};
}

bool extra_payload::erase(std::string_view key) {
  auto at = locate(etf_, key);
  if (!at)
    return false;
  etf_.erase(at->begin, at->end - at->begin);
  set_count(etf_, count_pairs(etf_) - 1);
  return true;
}

bool extra_payload::empty() const noexcept {
  return etf_ == empty_map;
}

bool operator==(const extra_payload& x, const extra_payload& y) {
  if (x.etf_ == y.etf_)
    return true;
  auto left = x.term();
  auto right = y.term();
  return left && right && *left == *right;
}

std::string to_string(const extra_payload& x) {
  return "extra_payload of " + std::to_string(x.etf_.size()) + " bytes";
}

caf::error extra_payload::check_loaded() {
  if (is_whole_map(etf_))
    return {};
  etf_ = empty_map;
  return invalid_argument(
    "extra_payload: must be one well-formed Erlang map within the limits");
}

} // namespace obol
