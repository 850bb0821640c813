#pragma once

#include "obol/etf/limits.hpp"
#include "obol/etf/term.hpp"

#include <caf/expected.hpp>

#include <string_view>

namespace obol::etf {

/// Reads one term as Erlang's `term_to_binary` writes it: 131, then the term,
/// plain or compressed. Every encoding Erlang itself reads from a file is
/// understood; bytes after the term are ignored, as Erlang does.
///
/// Fails with `invalid_argument` for anything else, for a map with a key twice
/// and beyond the limits of `limits.hpp`. Never allocates by an announced
/// size.
caf::expected<term> read(std::string_view bytes);

/// Reads one term without the leading 131 that takes up all of `bytes`.
caf::expected<term> read_bare(std::string_view bytes);

} // namespace obol::etf
