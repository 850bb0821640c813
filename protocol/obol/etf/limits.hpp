#pragma once

#include <cstddef>

namespace obol::etf {

/// How deep lists, tuples and maps may lie inside each other.
inline constexpr std::size_t max_depth = 128;

/// How many terms one term may consist of, itself included.
inline constexpr std::size_t max_elements = 256 * 1024;

/// How large a term may be, also after it was inflated.
inline constexpr std::size_t max_bytes = 4 * 1024 * 1024;

/// How many characters an atom may have (Erlang's own limit).
inline constexpr std::size_t max_atom_characters = 255;

/// How large the absolute value of an integer may be: 2^8192.
inline constexpr std::size_t max_integer_bytes = 1024;

} // namespace obol::etf
