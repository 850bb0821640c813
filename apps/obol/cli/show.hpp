#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"
#include "obol/session.hpp"

#include <string>
#include <vector>

namespace obol::cli {

/// How the answer is wanted, by the flags `--json`, `--quiet`, `--decode`.
struct style {
  bool json = false;
  bool quiet = false;
  bool payload = false;

  explicit style(const arguments& args);
};

/// Prints one session.
exit_code show(const session& x, const style& how);

/// Prints sessions as a table, or as a JSON array.
exit_code show(const std::vector<session>& list, const style& how);

/// Prints one line for people, unless something else is wanted.
void say(const style& how, const std::string& line);

/// Prints one JSON document, if that is wanted.
void say_json(const style& how, const std::string& document);

/// `user 42`, `user "anna"`: the two kinds are told apart.
std::string name_of(const user_id& x);

/// `user 42, type full`.
std::string name_of(const session_set& x);

} // namespace obol::cli
