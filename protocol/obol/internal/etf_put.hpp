#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Appends single values in Erlang's external term format, each in the form
/// `term_to_binary` of OTP 26 and later chooses.
namespace obol::internal {

inline void put_u8(std::string& out, std::uint64_t x) {
  out += static_cast<char>(x);
}

inline void put_u16(std::string& out, std::uint64_t x) {
  const char bytes[] = {static_cast<char>(x >> 8), static_cast<char>(x)};
  out.append(bytes, sizeof(bytes));
}

inline void put_u32(std::string& out, std::uint64_t x) {
  const char bytes[] = {static_cast<char>(x >> 24), static_cast<char>(x >> 16),
                        static_cast<char>(x >> 8), static_cast<char>(x)};
  out.append(bytes, sizeof(bytes));
}

void put_int64(std::string& out, std::int64_t x);

/// An integer of at most `etf::max_integer_bytes`, without zeros at the end.
void put_big(std::string& out, bool negative, std::string_view magnitude);

/// A binary of less than 4 GiB.
void put_binary(std::string& out, std::string_view bytes);

/// False, and nothing appended, for what cannot be an atom's name: no UTF-8,
/// or more than `etf::max_atom_characters`.
bool put_atom(std::string& out, std::string_view name);

} // namespace obol::internal
