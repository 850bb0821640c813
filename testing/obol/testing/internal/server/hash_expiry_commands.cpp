#include "obol/testing/internal/server/command.hpp"

#include <algorithm>
#include <limits>

namespace obol::testing::internal {

namespace {

constexpr auto latest = std::numeric_limits<std::int64_t>::max();

/// Redis keeps 46 bits of milliseconds.
constexpr std::int64_t latest_on_redis = (std::int64_t{1} << 46) - 1;

constexpr std::string_view wrong_number
  = "ERR wrong number of arguments for 'hsetex' command";

constexpr std::string_view wrong_count
  = "ERR numfields should be greater than 0 and match the provided number of "
    "fields";

// -- HSETEX -------------------------------------------------------------------

struct hsetex_options {
  bool fnx = false;
  bool fxx = false;
  bool keep_ttl = false;
  /// The name and the time of an expiry, or null.
  const std::string_view* expiry = nullptr;
  /// Fields and values in turn.
  command_words pairs;
};

bool is_expiry_option(std::string_view word) {
  for (auto* name : {"EX", "PX", "EXAT", "PXAT"})
    if (same_ignoring_case(word, name))
      return true;
  return false;
}

bool fail(command_call& x, std::string_view text) {
  x.reply.error(text);
  return false;
}

/// Reads the time of an expiry option.
bool read_expiry(command_call& x, const std::string_view* option,
                 expiry_ms& out) {
  auto redis = x.kind() != server_kind::valkey_9;
  auto is_absolute = option->ends_with('T') || option->ends_with('t');
  auto is_in_ms = option->starts_with('P') || option->starts_with('p');
  auto unit = is_in_ms ? 1 : 1000;
  auto since = is_absolute ? 0 : x.now();
  std::int64_t time = 0;
  if (!x.read(option[1], time))
    return false;
  if (redis && time < 0)
    return fail(x, "ERR invalid expire time, must be >= 0");
  auto bound = redis ? latest_on_redis : latest;
  if (time < 0 || time > bound / unit || time * unit > bound - since) {
    x.reply_invalid_expiry();
    return false;
  }
  out = time * unit + since;
  return true;
}

/// Redis reads word by word and says what is wrong with the first that is.
bool read_options_redis(command_call& x, hsetex_options& out,
                        expiry_ms& expires_at) {
  for (std::size_t i = 2; i < x.words.size(); ++i) {
    auto word = x.words[i];
    if (same_ignoring_case(word, "FIELDS")) {
      std::int64_t count = 0;
      if (i + 1 == x.words.size())
        return fail(x, wrong_number);
      if (!parse_integer(x.words[i + 1], count) || count < 1
          || count > std::numeric_limits<std::int32_t>::max())
        return fail(x, "ERR invalid number of fields");
      out.pairs = x.words.subspan(i + 2);
      return out.pairs.size() == static_cast<std::size_t>(count) * 2
             || fail(x, wrong_number);
    }
    auto is_expiry = is_expiry_option(word);
    if (is_expiry || same_ignoring_case(word, "KEEPTTL")) {
      if (out.expiry || out.keep_ttl)
        return fail(x,
                    "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments "
                    "can be specified");
      out.keep_ttl = !is_expiry;
      if (!is_expiry)
        continue;
      if (i + 1 == x.words.size())
        return fail(x, wrong_number);
      out.expiry = &x.words[i++];
      if (!read_expiry(x, out.expiry, expires_at))
        return false;
    } else if (same_ignoring_case(word, "FNX")
               || same_ignoring_case(word, "FXX")) {
      if (out.fnx || out.fxx)
        return fail(x, "ERR Only one of FXX or FNX arguments can be specified");
      out.fnx = same_ignoring_case(word, "FNX");
      out.fxx = !out.fnx;
    } else {
      return fail(x, "ERR unknown argument: " + std::string{word});
    }
  }
  return fail(x, wrong_number);
}

/// Reads the options of Valkey, from the third word up to `end`. NX and XX,
/// which ask about the whole key, are not simulated.
bool read_options_before(command_call& x, std::size_t end,
                         hsetex_options& out) {
  for (std::size_t i = 2; i < end; ++i) {
    auto word = x.words[i];
    if (same_ignoring_case(word, "FNX") && !out.fxx) {
      out.fnx = true;
    } else if (same_ignoring_case(word, "FXX") && !out.fnx) {
      out.fxx = true;
    } else if (same_ignoring_case(word, "KEEPTTL") && !out.expiry) {
      out.keep_ttl = true;
    } else if (is_expiry_option(word) && i + 1 < end && !out.keep_ttl
               && (!out.expiry || same_ignoring_case(word, *out.expiry))) {
      out.expiry = &x.words[i++];
    } else {
      x.reply_syntax_error();
      return false;
    }
  }
  return true;
}

/// Valkey looks for FIELDS first.
bool read_options_valkey(command_call& x, hsetex_options& out) {
  std::size_t place = 2;
  while (place < x.words.size()
         && !same_ignoring_case(x.words[place], "FIELDS"))
    ++place;
  if (place + 1 >= x.words.size())
    return fail(x, wrong_count);
  std::int64_t count = 0;
  if (!read_options_before(x, place, out) || !x.read(x.words[place + 1], count))
    return false;
  out.pairs = x.words.subspan(place + 2);
  auto given = static_cast<std::int64_t>(out.pairs.size());
  return (count > 0 && given % 2 == 0 && count == given / 2)
         || fail(x, wrong_count);
}

/// Whether the fields are there, or not there, as the options ask.
bool condition_holds(const hsetex_options& options, const hash* fields) {
  if (!options.fnx && !options.fxx)
    return true;
  for (std::size_t i = 0; i < options.pairs.size(); i += 2) {
    auto there = fields && fields->find(options.pairs[i]);
    if (there != options.fxx)
      return false;
  }
  return true;
}

/// What an expiry in the past comes to.
void erase_fields(command_call& x, hash* fields, command_words pairs) {
  if (!fields)
    return;
  for (std::size_t i = 0; i < pairs.size(); i += 2)
    if (fields->erase(pairs[i]))
      x.changed();
  if (fields->fields().empty())
    x.data().erase(x.words[1], x.now());
}

void set_fields(command_call& x, hash* fields, const hsetex_options& options,
                expiry_ms expires_at) {
  if (!fields)
    fields = &std::get<hash>(x.data().put(x.words[1], {hash{}}).content);
  for (std::size_t i = 0; i < options.pairs.size(); i += 2) {
    auto* before = options.keep_ttl ? fields->find(options.pairs[i]) : nullptr;
    fields->set(options.pairs[i], options.pairs[i + 1],
                before ? before->expires_at : expires_at);
  }
  x.changed();
}

// -- HTTL and the like --------------------------------------------------------

/// Reads `FIELDS <count> <names>`.
bool read_names(command_call& x, command_words& out) {
  auto redis = x.kind() != server_kind::valkey_9;
  constexpr std::string_view syntax = "ERR syntax error";
  if (!same_ignoring_case(x.words[2], "FIELDS"))
    return fail(x, redis ? "ERR Mandatory argument FIELDS is missing or not at "
                           "the right position"
                         : syntax);
  std::int64_t count = 0;
  if (redis && (!parse_integer(x.words[3], count) || count < 1))
    return fail(x, "ERR Number of fields must be a positive integer");
  if (!redis && !x.read(x.words[3], count))
    return false;
  out = x.words.subspan(4);
  return count == static_cast<std::int64_t>(out.size())
         || fail(x, redis ? "ERR The `numfields` parameter must match the "
                            "number of arguments"
                          : syntax);
}

/// Answers what `measure` makes of the expiry of each field.
template <class Measure>
void reply_expiries(command_call& x, Measure measure) {
  hash* fields = nullptr;
  command_words names;
  if (!x.find(x.words[1], fields) || !read_names(x, names))
    return;
  x.reply.array(names.size());
  for (auto name : names) {
    auto* field = fields ? fields->find(name) : nullptr;
    if (!field)
      x.reply.integer(-2);
    else if (field->expires_at == no_expiry)
      x.reply.integer(-1);
    else
      x.reply.integer(measure(field->expires_at));
  }
}

/// Redis rounds these up, Valkey to the nearest.
std::int64_t seconds(const command_call& x, std::int64_t ms) {
  return (ms + (x.kind() == server_kind::valkey_9 ? 500 : 999)) / 1000;
}

} // namespace

void run_hsetex(command_call& x) {
  hsetex_options options;
  auto expires_at = no_expiry;
  auto redis = x.kind() != server_kind::valkey_9;
  hash* fields = nullptr;
  if (!(redis ? read_options_redis(x, options, expires_at)
              : read_options_valkey(x, options))
      || !x.find(x.words[1], fields)
      || (!redis && options.expiry
          && !read_expiry(x, options.expiry, expires_at)))
    return;
  if (!condition_holds(options, fields))
    return x.reply.integer(0);
  if (expires_at <= x.now())
    erase_fields(x, fields, options.pairs);
  else
    set_fields(x, fields, options, expires_at);
  x.reply.integer(1);
}

void run_httl(command_call& x) {
  reply_expiries(x,
                 [&x](expiry_ms when) { return seconds(x, when - x.now()); });
}

void run_hpttl(command_call& x) {
  reply_expiries(x, [&x](expiry_ms when) { return when - x.now(); });
}

void run_hexpiretime(command_call& x) {
  reply_expiries(x, [&x](expiry_ms when) { return seconds(x, when); });
}

void run_hpexpiretime(command_call& x) {
  reply_expiries(x, [](expiry_ms when) { return when; });
}

} // namespace obol::testing::internal
