#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace obol {

/// Bytes that must not be seen: a password, a key. It prints as `***`, is
/// wiped when destroyed, is copied only by `clone` and cannot be sent in a
/// message.
class secret {
public:
  /// No secret.
  secret() = default;

  /// Takes the bytes and wipes where they came from.
  explicit secret(std::string&& source);

  secret(secret&& other) noexcept;
  secret& operator=(secret&& other) noexcept;
  secret(const secret&) = delete;
  secret& operator=(const secret&) = delete;
  ~secret();

  /// A second owner of the same bytes.
  secret clone() const;

  /// The bytes themselves, valid as long as this object.
  std::string_view reveal() const noexcept {
    return {bytes_.get(), size_};
  }

  std::size_t size() const noexcept {
    return size_;
  }

  bool empty() const noexcept {
    return size_ == 0;
  }

  /// Takes a time that depends on the sizes only.
  friend bool operator==(const secret& x, const secret& y) noexcept;

private:
  secret(const char* bytes, std::size_t size);
  void wipe() noexcept;

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

/// `***`. It is also what the actor system prints.
std::string to_string(const secret& value);

/// Prints `***`.
std::ostream& operator<<(std::ostream& out, const secret& value);

/// Overwrites the bytes before it empties the string.
void wipe(std::string& bytes) noexcept;

} // namespace obol
