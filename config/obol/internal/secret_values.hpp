#pragma once

#include "obol/internal/option_table.hpp"
#include "obol/key_ring.hpp"

namespace obol::internal {

inline constexpr std::size_t max_key_id_size = key_ring::max_key_id_bytes;

/// A base secret shorter than this can be guessed.
inline constexpr std::size_t min_base_secret_size = 8;

inline constexpr std::size_t max_base_secret_size = 4'096;

inline constexpr std::size_t max_password_size = 1'024;

inline constexpr std::size_t max_verify_keys = key_ring::max_verifying_keys;

/// A file with a secret is at most this long.
inline constexpr std::size_t max_secret_file_size = 8'192;

/// Whether a name is `[A-Za-z0-9_-]{1,8}`.
bool is_key_id(std::string_view id);

secret_value base_secret_value();

/// 64 hexadecimal digits.
secret_value signing_key_value();

/// `id:key` words, where a key is 64 hexadecimal digits, separated by spaces,
/// line ends or commas.
secret_value verify_keys_value();

template <auto Member>
secret_value password_value() {
  return {
    [](const options& x) { return !(x.*Member).empty(); },
    [](const options& x) { return (x.*Member).size() <= max_password_size; },
    [](options& x, std::string&& text) {
      x.*Member = secret{std::move(text)};
      return true;
    },
    "at most 1024 bytes"};
}

} // namespace obol::internal
