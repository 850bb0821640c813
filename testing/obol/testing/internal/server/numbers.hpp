#pragma once

#include "obol/testing/internal/server/server_kind.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace obol::testing::internal {

/// Reads an integer the way servers do: no plus, no blanks, no leading zeros,
/// no minus zero.
bool parse_integer(std::string_view text, std::int64_t& out);

/// Reads a number with a fraction, an exponent, or infinity.
bool parse_double(std::string_view text, double& out);

/// A number as text, without an allocation.
class number_text {
public:
  explicit number_text(std::int64_t value);

  /// As the server writes scores.
  number_text(double value, server_kind kind);

  /// As the server writes a number that Lua gives to a command.
  static number_text of_lua(double value, server_kind kind);

  std::string_view view() const {
    return {text_.data(), size_};
  }

private:
  number_text() = default;

  void print_long(double value);
  void print_short(double value);
  void append(std::string_view text);

  std::array<char, 40> text_;
  std::size_t size_ = 0;
};

} // namespace obol::testing::internal
