#pragma once

#include <optional>
#include <string>

namespace obol::servers {

/// The path of a program: itself if it holds a slash, else where PATH has it.
/// Empty if there is none that may be run.
std::optional<std::string> find_program(const std::string& name);

} // namespace obol::servers
