#include "obol/testing/internal/server/command.hpp"

#include <limits>

namespace obol::testing::internal {

namespace {

struct set_options {
  bool nx = false;
  bool xx = false;
  bool get = false;
  bool keep_ttl = false;
  /// The name and the time of an expiry, or null.
  const std::string_view* expiry = nullptr;
};

bool is_expiry_option(std::string_view word) {
  for (auto* name : {"EX", "PX", "EXAT", "PXAT"})
    if (same_ignoring_case(word, name))
      return true;
  return false;
}

/// Whether the options are those of SET and go together.
bool read_options(command_call& x, set_options& out) {
  for (std::size_t i = 3; i < x.words.size(); ++i) {
    auto word = x.words[i];
    if (same_ignoring_case(word, "NX") && !out.xx) {
      out.nx = true;
    } else if (same_ignoring_case(word, "XX") && !out.nx) {
      out.xx = true;
    } else if (same_ignoring_case(word, "GET")) {
      out.get = true;
    } else if (same_ignoring_case(word, "KEEPTTL") && !out.expiry) {
      out.keep_ttl = true;
    } else if (is_expiry_option(word) && i + 1 < x.words.size() && !out.keep_ttl
               && (!out.expiry || same_ignoring_case(word, *out.expiry))) {
      out.expiry = &x.words[i];
      ++i;
    } else {
      x.reply_syntax_error();
      return false;
    }
  }
  return true;
}

/// Reads the time of an expiry option.
bool read_expiry(command_call& x, const std::string_view* option,
                 expiry_ms& out) {
  constexpr auto latest = std::numeric_limits<std::int64_t>::max();
  auto is_absolute = option->ends_with('T') || option->ends_with('t');
  auto is_in_ms = option->starts_with('P') || option->starts_with('p');
  auto unit = is_in_ms ? 1 : 1000;
  auto since = is_absolute ? 0 : x.now();
  std::int64_t time = 0;
  if (!x.read(option[1], time))
    return false;
  if (time <= 0 || time > latest / unit || time * unit > latest - since) {
    x.reply_invalid_expiry();
    return false;
  }
  out = time * unit + since;
  return true;
}

} // namespace

void run_get(command_call& x) {
  std::string* value = nullptr;
  if (!x.find(x.words[1], value))
    return;
  if (value)
    x.reply.bulk(*value);
  else
    x.reply.nil();
}

void run_set(command_call& x) {
  set_options options;
  auto expires_at = no_expiry;
  if (!read_options(x, options)
      || (options.expiry && !read_expiry(x, options.expiry, expires_at)))
    return;
  auto key = x.words[1];
  auto* before = x.data().find(key, x.now());
  auto refused = before ? options.nx : options.xx;
  if (options.get) {
    std::string* value = nullptr;
    if (!x.find(key, value))
      return;
    if (value)
      x.reply.bulk(*value);
    else
      x.reply.nil();
  } else if (refused) {
    x.reply.nil();
  } else {
    x.reply.ok();
  }
  if (refused)
    return;
  if (options.keep_ttl && before)
    expires_at = before->expires_at;
  x.data().put(key, {std::string{x.words[2]}, expires_at});
  x.changed();
}

} // namespace obol::testing::internal
