#include "demo/random_hex.hpp"

#include <random>

namespace obol::demo {

std::string random_hex(int words) {
  constexpr const char* digits = "0123456789abcdef";
  std::random_device source;
  std::string result;
  for (int i = 0; i < words; ++i)
    for (auto word = source(), left = 8u; left > 0; word >>= 4, --left)
      result += digits[word & 15];
  return result;
}

} // namespace obol::demo
