#pragma once

#include <string_view>

namespace obol::internal {

/// When this process was started, in seconds since the Unix epoch, as the
/// kernel tells; 0 where it does not.
double process_start_seconds();

/// The same from the texts of `/proc/self/stat` and `/proc/stat`.
double process_start_in(std::string_view process, std::string_view machine,
                        double ticks_per_second);

} // namespace obol::internal
