#pragma once

#include <filesystem>
#include <string>

namespace obol::servers {

/// The last thing a server wrote into its log, as the end of a sentence.
std::string end_of_log(const std::filesystem::path& log);

} // namespace obol::servers
