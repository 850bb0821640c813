#pragma once

#include "bench/raw_link.hpp"

#include <string>

namespace obol::bench {

/// What a server says it has used.
struct call_figures {
  double calls = 0;
  double microseconds = 0;
};

/// Processor time of all the server's threads since its start, in
/// microseconds; not a number where it does not say.
double server_cpu(raw_link& link);

/// How often a command was called since the server's start, and how long these
/// calls took together. Differences of two of these say what one load cost,
/// without CONFIG RESETSTAT, which is not ours to do on a server of others.
call_figures command_figures(raw_link& link, const std::string& command);

/// The memory the server holds for its data, in bytes.
double server_memory(raw_link& link);

} // namespace obol::bench
