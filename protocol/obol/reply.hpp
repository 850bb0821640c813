#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace obol {

/// What a server answered (RESP2). It holds sessions, and error texts that may
/// echo passwords: nothing prints its content. Errors are read with `classify`.
struct reply {
  enum class kind : std::uint8_t { nil, integer, status, error, bulk, array };

  reply::kind kind = reply::kind::nil;

  /// The value of an `integer`, else 0.
  long long integer = 0;

  /// The bytes of a `status`, `error` or `bulk`, else empty.
  std::string text;

  /// The elements of an `array`, else empty.
  std::vector<reply> elements;

  bool is_nil() const noexcept {
    return kind == kind::nil;
  }

  bool is_integer() const noexcept {
    return kind == kind::integer;
  }

  bool is_status() const noexcept {
    return kind == kind::status;
  }

  /// Whether this is a status with that text, like `OK`.
  bool is_status(std::string_view expected) const noexcept {
    return is_status() && text == expected;
  }

  bool is_error() const noexcept {
    return kind == kind::error;
  }

  bool is_bulk() const noexcept {
    return kind == kind::bulk;
  }

  bool is_array() const noexcept {
    return kind == kind::array;
  }

  /// Whether this is an array of that many elements.
  bool is_array(std::size_t size) const noexcept {
    return is_array() && elements.size() == size;
  }

  static reply of_nil();
  static reply of_integer(long long value);
  static reply of_status(std::string text);
  static reply of_error(std::string text);
  static reply of_bulk(std::string bytes);
  static reply of_array(std::vector<reply> elements);

  friend bool operator==(const reply&, const reply&) = default;
};

/// The enumerator's name.
std::string to_string(enum reply::kind kind);

/// Says kind and size, never content.
std::string to_string(const reply& value);

} // namespace obol
