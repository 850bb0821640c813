#include "cli/writing.hpp"

#include "cli/connect.hpp"
#include "cli/show.hpp"
#include "cli/time_text.hpp"
#include "cli/user_argument.hpp"
#include "obol/session_json.hpp"
#include "obol/validation.hpp"

#include <array>
#include <iostream>
#include <unistd.h>
#include <utility>

namespace obol::cli {

namespace {

caf::expected<std::string> read_input() {
  if (::isatty(STDIN_FILENO))
    std::cerr << "obol: reading a session as JSON; end it with Ctrl-D\n";
  std::string result;
  std::array<char, 65'536> piece;
  while (std::cin.read(piece.data(), piece.size()) || std::cin.gcount() > 0) {
    result.append(piece.data(), static_cast<std::size_t>(std::cin.gcount()));
    if (result.size() > max_input_bytes)
      return usage_error("the session on standard input has more than "
                         + std::to_string(max_input_bytes) + " bytes");
  }
  if (result.find_first_not_of(" \t\r\n") == std::string::npos)
    return usage_error("there is nothing on standard input; use: obol put < "
                       "session.json");
  return result;
}

caf::expected<session> read_session() {
  auto text = read_input();
  if (!text)
    return std::move(text.error());
  auto result = from_json_text(*text);
  if (!result)
    return result;
  if (auto error = validate(*result))
    return error;
  // As `obol get` prints it without --decode: storing that would empty it.
  if (result->lock_version > 0
      && text->find("\"extra_payload\"") == std::string::npos)
    return usage_error("extra_payload is missing, which would empty that of "
                       "the stored session; read it with --decode, or set it "
                       "to {}");
  return result;
}

// -- revoke -------------------------------------------------------------------

/// Which sessions shall go.
struct selection {
  enum class kind { one, all, others, before };

  selection::kind kind = kind::one;

  /// The one that goes, or, for `others`, that stays.
  session_key key;

  unix_seconds before = 0;
};

caf::expected<selection> read_selection(const arguments& args,
                                        const session_set& set) {
  auto others = args.value_of("others");
  auto before = args.value_of("before");
  auto has_id = args.words.size() == 2;
  if (has_id + args.has("all") + others.has_value() + before.has_value() != 1)
    return usage_error("revoke takes exactly one of ID, --all, --others ID and "
                       "--before TIME");
  selection result;
  result.key = {others.value_or(""), set.user_id, set.type};
  if (has_id) {
    result.key.id = args.words[1];
  } else if (args.has("all")) {
    result.kind = selection::kind::all;
    return result;
  } else if (before) {
    result.kind = selection::kind::before;
    auto time = parse_time(*before);
    if (!time)
      return usage_error("--before is '" + printable(*before)
                         + "'; allowed: Unix seconds, or UTC as in "
                           "2026-11-21T10:00:00Z");
    result.before = *time;
    return result;
  } else {
    result.kind = selection::kind::others;
  }
  if (auto error = validate(result.key))
    return error;
  return result;
}

caf::expected<std::int64_t> carry_out(facade& store, const selection& what) {
  switch (what.kind) {
    case selection::kind::one:
      break;
    case selection::kind::all:
      return store.remove_all(what.key.set());
    case selection::kind::others:
      return store.remove_others(what.key);
    case selection::kind::before:
      return store.revoke_before(what.key.set(), what.before);
  }
  return store.remove(what.key);
}

} // namespace

exit_code put(const arguments& args) {
  style how{args};
  auto what = read_session();
  if (!what)
    return report(what.error());
  auto store = open_store(args);
  if (!store)
    return report(store.error());
  auto stored = store->upsert(std::move(*what));
  if (!stored)
    return report(stored.error());
  if (how.json)
    return show(*stored, how);
  say(how, "stored session " + printable(stored->id) + " of "
             + name_of(stored->set()) + "; its lock version is "
             + std::to_string(stored->lock_version));
  return exit_code::done;
}

exit_code revoke(const arguments& args) {
  style how{args};
  auto set = named_set(args);
  if (!set)
    return report(set.error());
  auto what = read_selection(args, *set);
  if (!what)
    return report(what.error());
  auto store = open_store(args);
  if (!store)
    return report(store.error());
  auto count = carry_out(*store, *what);
  if (!count)
    return report(count.error());
  say_json(how, "{\"removed\":" + std::to_string(*count) + "}");
  if (*count == 0) {
    say(how, "nothing to revoke for " + name_of(*set));
    return exit_code::found_nothing;
  }
  say(how, "revoked " + std::to_string(*count)
             + (*count == 1 ? " session of " : " sessions of ")
             + name_of(*set));
  return exit_code::done;
}

} // namespace obol::cli
