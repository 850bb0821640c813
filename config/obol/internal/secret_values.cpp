#include "obol/internal/secret_values.hpp"

#include "obol/internal/parse_value.hpp"

#include <algorithm>

namespace obol::internal {

namespace {

constexpr std::string_view separators = " \t\r\n,";

bool is_id_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
         || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// The key that the digits stand for; empty if they do not stand for one.
secret key_of(std::string_view digits) {
  auto bytes = parse_hex(digits);
  if (!bytes)
    return {};
  secret key{std::move(*bytes)};
  return key.size() == signing_key_size ? std::move(key) : secret{};
}

bool set_signing_key(options& x, std::string&& text) {
  x.signing_key = key_of(text);
  wipe(text);
  return !x.signing_key.empty();
}

bool parse_verify_keys(std::string_view text, std::vector<named_key>& keys) {
  for (;;) {
    auto begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos)
      return true;
    text.remove_prefix(begin);
    auto word = text.substr(0, text.find_first_of(separators));
    text.remove_prefix(word.size());
    auto colon = word.find(':');
    if (colon == std::string_view::npos || keys.size() == max_verify_keys)
      return false;
    named_key key{std::string{word.substr(0, colon)},
                  key_of(word.substr(colon + 1))};
    if (!is_key_id(key.id) || key.key.empty())
      return false;
    keys.push_back(std::move(key));
  }
}

bool set_verify_keys(options& x, std::string&& text) {
  x.verify_keys.clear();
  auto parsed = parse_verify_keys(text, x.verify_keys);
  wipe(text);
  return parsed;
}

bool are_verify_keys_valid(const options& x) {
  return x.verify_keys.size() <= max_verify_keys
         && std::all_of(x.verify_keys.begin(), x.verify_keys.end(),
                        [](const named_key& key) {
                          return is_key_id(key.id)
                                 && key.key.size() == signing_key_size;
                        });
}

} // namespace

bool is_key_id(std::string_view id) {
  return !id.empty() && id.size() <= max_key_id_size
         && std::all_of(id.begin(), id.end(), is_id_character);
}

secret_value base_secret_value() {
  return {[](const options& x) { return !x.base_secret.empty(); },
          [](const options& x) {
            auto size = x.base_secret.size();
            return size == 0
                   || (size >= min_base_secret_size
                       && size <= max_base_secret_size);
          },
          [](options& x, std::string&& text) {
            x.base_secret = secret{std::move(text)};
            return true;
          },
          "8 to 4096 bytes"};
}

secret_value signing_key_value() {
  return {[](const options& x) { return !x.signing_key.empty(); },
          [](const options& x) {
            return x.signing_key.empty()
                   || x.signing_key.size() == signing_key_size;
          },
          set_signing_key, "32 bytes, written as 64 hexadecimal digits"};
}

secret_value verify_keys_value() {
  return {[](const options& x) { return !x.verify_keys.empty(); },
          are_verify_keys_valid, set_verify_keys,
          "at most 16 keys like id:key, the id of 1 to 8 letters, digits, _ "
          "or -, the key of 64 hexadecimal digits"};
}

} // namespace obol::internal
