#include "obol/etf/writer.hpp"

#include "obol/internal/errors.hpp"
#include "obol/internal/etf_cursor.hpp"
#include "obol/internal/etf_put.hpp"
#include "obol/internal/etf_tags.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace obol::etf {

namespace {

namespace tag = internal::tag;

/// Appends terms. Recursive, at most `max_depth` deep. False: a rule is broken.
class appender {
public:
  appender(std::string& out) : out_(out), begin_(out.size()) {
  }

  bool append(const term& value, std::size_t depth_left) {
    depth_left_ = depth_left;
    if (elements_left_ == 0 || out_.size() - begin_ > max_bytes)
      return false;
    --elements_left_;
    return std::visit([this](const auto& x) { return put(x); }, value.value());
  }

private:
  bool put(std::int64_t x) {
    internal::put_int64(out_, x);
    return true;
  }

  bool put(const big_integer& x) {
    if (x.magnitude.size() > max_integer_bytes)
      return false;
    internal::put_big(out_, x.negative, x.magnitude);
    return true;
  }

  bool put(double x) {
    if (!std::isfinite(x))
      return false;
    auto bits = std::bit_cast<std::uint64_t>(x);
    internal::put_u8(out_, tag::new_float);
    internal::put_u32(out_, bits >> 32);
    internal::put_u32(out_, bits);
    return true;
  }

  bool put(const atom& x) {
    return internal::put_atom(out_, x.name);
  }

  bool put(const binary& x) {
    if (x.bytes.size() > max_bytes)
      return false;
    internal::put_binary(out_, x.bytes);
    return true;
  }

  bool put(const bitstring& x) {
    if (x.bytes.empty() || x.bytes.size() > max_bytes || x.last_bits < 1
        || x.last_bits > 7)
      return false;
    internal::put_u8(out_, tag::bit_binary);
    internal::put_u32(out_, x.bytes.size());
    internal::put_u8(out_, x.last_bits);
    out_ += x.bytes;
    return true;
  }

  bool put(const list& x) {
    if (x.items.empty()) {
      internal::put_u8(out_, tag::nil);
      return true;
    }
    if (is_short_byte_list(x)) {
      internal::put_u8(out_, tag::string);
      internal::put_u16(out_, x.items.size());
      for (const auto& item : x.items)
        internal::put_u8(
          out_, static_cast<std::uint8_t>(*item.get_if<std::int64_t>()));
      return true;
    }
    internal::put_u8(out_, tag::list);
    internal::put_u32(out_, x.items.size());
    // For readers the end is an element, too.
    if (!put_items(x.items) || elements_left_ == 0)
      return false;
    --elements_left_;
    internal::put_u8(out_, tag::nil);
    return true;
  }

  bool put(const improper_list& x) {
    auto depth_left = depth_left_;
    internal::put_u8(out_, tag::list);
    internal::put_u32(out_, x.items.size());
    if (!put_items(x.items))
      return false;
    depth_left_ = depth_left;
    return put_items(x.tail);
  }

  bool put(const tuple& x) {
    if (x.items.size() <= 255) {
      internal::put_u8(out_, tag::small_tuple);
      internal::put_u8(out_, x.items.size());
    } else {
      internal::put_u8(out_, tag::large_tuple);
      internal::put_u32(out_, x.items.size());
    }
    return put_items(x.items);
  }

  bool put(const map& x) {
    auto depth_left = depth_left_;
    internal::put_u8(out_, tag::map);
    internal::put_u32(out_, x.pairs().size());
    if (x.pairs().empty())
      return true;
    if (depth_left == 0)
      return false;
    return std::all_of(x.pairs().begin(), x.pairs().end(),
                       [&](const map::pair& entry) {
                         return append(entry.first, depth_left - 1)
                                && append(entry.second, depth_left - 1);
                       });
  }

  bool put(const opaque& x) {
    internal::etf_cursor cursor{x.bytes};
    if (!cursor.at_opaque() || !cursor.skip_term(depth_left_, elements_left_)
        || cursor.left() != 0)
      return false;
    out_ += x.bytes;
    return true;
  }

  bool put_items(const std::vector<term>& items) {
    auto depth_left = depth_left_;
    if (items.empty())
      return true;
    if (depth_left == 0)
      return false;
    return std::all_of(items.begin(), items.end(), [&](const term& item) {
      return append(item, depth_left - 1);
    });
  }

  static bool is_short_byte_list(const list& x) {
    return x.items.size() <= 0xFFFF
           && std::all_of(x.items.begin(), x.items.end(), [](const term& y) {
                auto* number = y.get_if<std::int64_t>();
                return number && *number >= 0 && *number <= 255;
              });
  }

  std::string& out_;
  std::size_t begin_;
  std::size_t depth_left_ = 0;
  std::size_t elements_left_ = max_elements;
};

} // namespace

caf::expected<std::string> write(const term& value) {
  std::string result{static_cast<char>(tag::version)};
  if (auto error = append_bare(result, value))
    return error;
  return result;
}

caf::error append_bare(std::string& out, const term& value, std::size_t depth) {
  auto size = out.size();
  if (appender{out}.append(value, std::min(depth, max_depth))
      && out.size() - size <= max_bytes)
    return {};
  out.resize(size);
  return internal::invalid_argument(
    "term: must keep within the limits, and its atoms must be UTF-8");
}

} // namespace obol::etf
