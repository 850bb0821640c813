#include "obol/testing/internal/server/command.hpp"
#include "obol/testing/internal/server/compiled_library.hpp"

#include <bit>
#include <iterator>

namespace obol::testing::internal {

namespace {

/// Whether a text matches a pattern with `*` and `?`, in any case. Servers also
/// know classes of characters, which no library name needs.
bool matches(std::string_view pattern, std::string_view text) {
  // Where to go on if what follows the last star does not fit here.
  auto after_star = std::string_view::npos;
  std::size_t retry = 0;
  std::size_t p = 0;
  std::size_t t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      retry = t;
    } else if (p < pattern.size()
               && (pattern[p] == '?'
                   || same_ignoring_case(pattern.substr(p, 1),
                                         text.substr(t, 1)))) {
      ++p;
      ++t;
    } else if (after_star != std::string_view::npos) {
      p = after_star;
      t = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

void reply_function(command_call& x, const library_function& function) {
  x.reply.array(6);
  x.reply.bulk("name");
  x.reply.bulk(function.name);
  x.reply.bulk("description");
  if (function.has_description)
    x.reply.bulk(function.description);
  else
    x.reply.nil();
  x.reply.bulk("flags");
  x.reply.array(static_cast<std::size_t>(std::popcount(function.flags)));
  for (std::size_t i = 0; i < std::size(function_flag::names); ++i)
    if ((function.flags >> i & 1u) != 0)
      x.reply.status(function_flag::names[i]);
}

void reply_library(command_call& x, const compiled_library& library,
                   bool with_code) {
  x.reply.array(with_code ? 8 : 6);
  x.reply.bulk("library_name");
  x.reply.bulk(library.name());
  x.reply.bulk("engine");
  x.reply.bulk("LUA");
  x.reply.bulk("functions");
  x.reply.array(library.functions().size());
  for (auto& function : library.functions())
    reply_function(x, function);
  if (with_code) {
    x.reply.bulk("library_code");
    x.reply.bulk(library.code());
  }
}

/// Whether a call has stored a session.
bool has_stored(std::string_view function, std::string_view reply) {
  return reply == "$2\r\nOK\r\n"
         && (function.ends_with("_upsert")
             || function.ends_with("_upsert_charon"));
}

void call_function(command_call& x, bool read_only) {
  auto found = x.run.server.functions.find(x.words[1]);
  if (!found.function)
    return x.reply.error("ERR Function not found");
  std::int64_t key_count = 0;
  if (!parse_integer(x.words[2], key_count))
    return x.reply.error("ERR Bad number of keys provided");
  auto rest = x.words.subspan(3);
  if (key_count > static_cast<std::int64_t>(rest.size()))
    return x.reply.error(
      "ERR Number of keys can't be greater than number of args");
  if (key_count < 0)
    return x.reply.error("ERR Number of keys can't be negative");
  auto& function = *found.function;
  function_state state;
  state.read_only = (function.flags & function_flag::no_writes) != 0;
  state.allow_oom = (function.flags & function_flag::allow_oom) != 0;
  state.database_number = x.database_number;
  if (read_only && !state.read_only)
    return x.reply.error(
      "ERR Can not execute a script with write flag using *_ro command.");
  auto keys = static_cast<std::size_t>(key_count);
  found.library->call(function, x.run, state, rest.first(keys),
                      rest.subspan(keys), x.reply);
  x.run.server.counters.upserts_applied
    += has_stored(function.name, x.reply.written());
}

} // namespace

void run_fcall(command_call& x) {
  call_function(x, false);
}

void run_fcall_ro(command_call& x) {
  call_function(x, true);
}

void run_function_load(command_call& x) {
  auto replace = false;
  for (auto word : x.words.subspan(2, x.words.size() - 3)) {
    if (!same_ignoring_case(word, "REPLACE"))
      return x.reply.error("ERR Unknown option given: " + std::string{word});
    replace = true;
  }
  auto loaded = x.run.server.functions.load(x.kind(), x.words.back(), replace);
  if (!loaded.error.empty())
    return x.reply.error(loaded.error);
  ++x.run.server.counters.function_loads;
  x.changed();
  x.reply.bulk(loaded.name);
}

void run_function_list(command_call& x) {
  auto with_code = false;
  const std::string_view* pattern = nullptr;
  for (std::size_t i = 2; i < x.words.size(); ++i) {
    if (!with_code && same_ignoring_case(x.words[i], "WITHCODE")) {
      with_code = true;
    } else if (!pattern && same_ignoring_case(x.words[i], "LIBRARYNAME")) {
      if (++i == x.words.size())
        return x.reply.error("ERR library name argument was not given");
      pattern = &x.words[i];
    } else {
      return x.reply.error("ERR Unknown argument " + std::string{x.words[i]});
    }
  }
  auto& all = x.run.server.functions.all();
  auto is_listed = [pattern](const std::string& name) {
    return !pattern || matches(*pattern, name);
  };
  std::size_t count = 0;
  for (auto& [name, library] : all)
    count += is_listed(name);
  x.reply.array(count);
  for (auto& [name, library] : all)
    if (is_listed(name))
      reply_library(x, *library, with_code);
}

void run_function_delete(command_call& x) {
  if (!x.run.server.functions.erase(x.words[2]))
    return x.reply.error("ERR Library not found");
  x.changed();
  x.reply.ok();
}

void run_function_flush(command_call& x) {
  if (x.words.size() > 3)
    return x.reply.error(
      "ERR unknown subcommand or wrong number of arguments for 'FLUSH'. Try "
      "FUNCTION HELP.");
  if (x.words.size() == 3 && !same_ignoring_case(x.words[2], "SYNC")
      && !same_ignoring_case(x.words[2], "ASYNC"))
    return x.reply.error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
  x.run.server.functions.clear();
  x.changed();
  x.reply.ok();
}

} // namespace obol::testing::internal
