#pragma once

#include <string>

namespace obol::demo {

/// 32 random bits a word, in hex.
std::string random_hex(int words);

} // namespace obol::demo
