#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace obol {

/// One word of a command: bytes that live elsewhere, or an integer, which is
/// written in decimal. Any byte may occur in it.
class command_argument {
public:
  command_argument(std::string_view bytes) noexcept : bytes_(bytes) {
  }

  command_argument(const std::string& bytes) noexcept : bytes_(bytes) {
  }

  command_argument(const char* text) noexcept : bytes_(text) {
  }

  template <std::integral Integer>
  requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char>)
    command_argument(Integer value)
  noexcept {
    auto end = std::to_chars(digits_, digits_ + sizeof(digits_), value).ptr;
    digit_count_ = static_cast<std::size_t>(end - digits_);
  }

  /// What stands in the command; valid as long as this object and what it was
  /// made from.
  std::string_view bytes() const noexcept {
    return digit_count_ == 0 ? bytes_ : std::string_view{digits_, digit_count_};
  }

private:
  std::string_view bytes_;
  std::size_t digit_count_ = 0;
  // Enough for every 64-bit integer with its sign.
  char digits_[20] = {};
};

/// A command in the form it travels to the server: an array of bulk strings
/// (RESP2). Arguments are counted, never quoted, so any byte is safe.
///
///     command{"HGET", key, id}
///     command{"FCALL", name, 1, key, id, version}
///
/// The bytes hold keys and payload: nothing prints them.
class command {
public:
  command() = default;

  /// The first argument is the command's name.
  command(std::initializer_list<command_argument> arguments);

  /// For commands whose number of arguments is known at run time only.
  explicit command(std::span<const command_argument> arguments);

  /// A command that `put_command` has written.
  static command of_bytes(std::string bytes) {
    command result;
    result.bytes_ = std::move(bytes);
    return result;
  }

  /// What to send.
  const std::string& bytes() const& noexcept {
    return bytes_;
  }

  /// What to send, for whoever keeps it.
  std::string&& bytes() && noexcept {
    return std::move(bytes_);
  }

  bool empty() const noexcept {
    return bytes_.empty();
  }

  friend bool operator==(const command&, const command&) = default;

private:
  std::string bytes_;
};

/// Puts a command behind other bytes, without an object of its own. The first
/// argument is the command's name.
void put_command(std::string& out, std::span<const command_argument> arguments);
void put_command(std::string& out,
                 std::initializer_list<command_argument> arguments);

/// Says how long the command is, not what it says.
std::string to_string(const command& value);

} // namespace obol
