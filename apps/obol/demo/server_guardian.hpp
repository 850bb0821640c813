#pragma once

#include <filesystem>
#include <string>

namespace obol::demo {

/// What a guardian process looks after.
struct guarded_server {
  std::string program;

  /// Removed at the end.
  std::filesystem::path directory;

  std::string socket_path;

  /// Reading end of a pipe whose writing end only the parent holds.
  int lifeline;
};

/// Runs the server as a child until the pipe ends, which it does however the
/// parent ends; then ends the server and removes the directory. Ends early,
/// leaving the directory with the log, when the server does. For a process that
/// was forked for this.
[[noreturn]] void guard_server(const guarded_server& what);

} // namespace obol::demo
