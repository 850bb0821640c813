#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace obol {

/// Whose session it is: an integer or a string. The two kinds are different
/// users even where they read alike: `user_id{1} != user_id{"1"}`.
///
/// Integers of more than 64 bits can be read from a store that another system
/// wrote, and are kept, but validation refuses them in requests.
class user_id {
public:
  /// An integer that does not fit 64 bits, in decimal.
  struct big_integer {
    std::string decimal;
    friend bool operator==(const big_integer&, const big_integer&) = default;
  };

  user_id() = default;

  user_id(int value) : value_(std::int64_t{value}) {
  }

  user_id(std::int64_t value) : value_(value) {
  }

  user_id(std::string value) : value_(std::move(value)) {
  }

  user_id(const char* value) : value_(std::string{value}) {
  }

  user_id(big_integer value) : value_(std::move(value)) {
  }

  bool is_integer() const noexcept {
    return !is_string();
  }

  bool is_string() const noexcept {
    return std::holds_alternative<std::string>(value_);
  }

  /// The value if it is an integer of 64 bits.
  const std::int64_t* integer() const noexcept {
    return std::get_if<std::int64_t>(&value_);
  }

  /// The value if it is a string.
  const std::string* string() const noexcept {
    return std::get_if<std::string>(&value_);
  }

  /// The form that stands in a key: digits for integers, bytes for strings.
  std::string text() const {
    if (auto* number = integer())
      return std::to_string(*number);
    if (auto* bytes = string())
      return *bytes;
    return std::get<big_integer>(value_).decimal;
  }

  friend bool operator==(const user_id&, const user_id&) = default;

  /// Which kind it is, as a number, for those who write it with `text`.
  std::uint8_t kind() const noexcept {
    return static_cast<std::uint8_t>(value_.index());
  }

  /// The inverse of `kind` and `text`; empty if there is no such user.
  static std::optional<user_id> from(std::uint8_t kind, std::string text);

private:
  std::variant<std::int64_t, std::string, big_integer> value_;
};

} // namespace obol
