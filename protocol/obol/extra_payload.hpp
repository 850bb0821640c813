#pragma once

#include "obol/etf/term.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/meta/load_callback.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace obol {

namespace internal {
struct extra_payload_access;
} // namespace internal

/// What an application keeps with a login: an Erlang map. It is held as it was
/// encoded, so that what nobody touches is written back byte for byte, also
/// what neither JSON nor this library has a word for.
class extra_payload {
public:
  /// The empty map.
  extra_payload();

  /// Takes over a map in Erlang's external term format, with or without the
  /// leading 131 (a compressed one is inflated). Fails with `invalid_argument`
  /// unless the bytes are one well-formed map within `etf/limits.hpp`.
  static caf::expected<extra_payload> from_etf(std::string bytes);

  /// Reads a JSON object. Strings and keys become binaries; `null`, `true` and
  /// `false` the atoms `nil`, `true` and `false`.
  static caf::expected<extra_payload> from_json(std::string_view text);

  /// The inverse of `from_json`. Fails with `invalid_argument` if there is
  /// anything that JSON cannot say, or more than could be read again in a
  /// session's JSON.
  caf::expected<std::string> to_json() const;

  /// The encoded map, without the leading 131.
  std::string_view etf() const noexcept {
    return etf_;
  }

  /// The whole map. Fails if a key stands in it twice.
  caf::expected<etf::term> term() const;

  /// The value of a binary key.
  std::optional<etf::term> find(std::string_view key) const;

  /// Sets the value of a binary key; the other pairs keep their bytes. Fails
  /// with `invalid_argument` beyond the limits, and then changes nothing.
  caf::error set(std::string_view key, const etf::term& value);

  /// Removes a binary key; the other pairs keep their bytes. False if there
  /// was none.
  bool erase(std::string_view key);

  bool empty() const noexcept;

  /// Whether the maps are the same term, however they are encoded.
  friend bool operator==(const extra_payload& x, const extra_payload& y);

  /// Tells the size only: payloads do not belong in logs.
  friend std::string to_string(const extra_payload& x);

  template <class Inspector>
  friend auto inspect(Inspector& f, extra_payload& x) {
    auto check = [&x] { return x.check_loaded(); };
    return f(x.etf_, caf::meta::load_callback(check));
  }

private:
  friend struct internal::extra_payload_access;

  /// What came from another node is checked like any other bytes.
  caf::error check_loaded();

  std::string etf_;
};

} // namespace obol
