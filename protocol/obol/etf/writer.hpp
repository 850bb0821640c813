#pragma once

#include "obol/etf/limits.hpp"
#include "obol/etf/term.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <string>

namespace obol::etf {

/// A term as `term_to_binary` writes it, with the leading 131. Fails with
/// `invalid_argument` for what no reader would take back: beyond the limits of
/// `limits.hpp`, and atoms that are no UTF-8.
caf::expected<std::string> write(const term& value);

/// Appends a term without the leading 131, nested at most `depth` deep. After
/// an error, `out` is as it was.
caf::error append_bare(std::string& out, const term& value,
                       std::size_t depth = max_depth);

} // namespace obol::etf
