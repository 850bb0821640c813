#include "demo/own_settings.hpp"

#include <random>

namespace obol::demo {

namespace {

/// 32 random bits a word.
std::string random_hex(int words) {
  constexpr const char* digits = "0123456789abcdef";
  std::random_device source;
  std::string result;
  for (int i = 0; i < words; ++i)
    for (auto word = source(), left = 8u; left > 0; word >>= 4, --left)
      result += digits[word & 15];
  return result;
}

} // namespace

void make_private(options& settings, const std::string& prefix) {
  settings.key_prefix = prefix + random_hex(2);
  settings.base_secret = secret{random_hex(8)};
  settings.signing_key = {};
  settings.verify_keys.clear();
}

void use_server(options& settings, const private_server& own) {
  settings.endpoint = own.endpoint();
  settings.username.clear();
  settings.password = {};
  settings.registrar_username.clear();
  settings.registrar_password = {};
  settings.database = 0;
}

} // namespace obol::demo
