#include "obol/testing/internal/server/command.hpp"

#include <algorithm>
#include <limits>

namespace obol::testing::internal {

namespace {

constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

/// When an expiry may replace another.
struct expiry_condition {
  bool nx = false;
  bool xx = false;
  bool gt = false;
  bool lt = false;

  bool holds(expiry_ms before, expiry_ms after) const {
    auto persistent = before == no_expiry;
    return !(nx && !persistent) && !(xx && persistent)
           && !(gt && (persistent || after <= before))
           && !(lt && after >= before);
  }
};

bool read_condition(command_call& x, expiry_condition& out) {
  for (auto word : x.words.subspan(3)) {
    if (same_ignoring_case(word, "NX")) {
      out.nx = true;
    } else if (same_ignoring_case(word, "XX")) {
      out.xx = true;
    } else if (same_ignoring_case(word, "GT")) {
      out.gt = true;
    } else if (same_ignoring_case(word, "LT")) {
      out.lt = true;
    } else {
      x.reply.error("ERR Unsupported option " + std::string{word});
      return false;
    }
  }
  if (out.nx && (out.xx || out.gt || out.lt)) {
    x.reply.error(
      "ERR NX and XX, GT or LT options at the same time are not compatible");
    return false;
  }
  if (out.gt && out.lt) {
    x.reply.error("ERR GT and LT options at the same time are not compatible");
    return false;
  }
  return true;
}

/// Sets when a key expires.
/// @param unit how many milliseconds one unit of the argument is
/// @param since what the argument counts from
void set_expiry(command_call& x, std::int64_t unit, expiry_ms since) {
  expiry_condition condition;
  std::int64_t when = 0;
  if (!read_condition(x, condition) || !x.read(x.words[2], when))
    return;
  if (when > latest / unit || when < -(latest / unit)
      || when * unit > latest - since)
    return x.reply_invalid_expiry();
  when = when * unit + since;
  auto key = x.words[1];
  auto* stored = x.data().find(key, x.now());
  if (!stored || !condition.holds(stored->expires_at, when))
    return x.reply.integer(0);
  if (when <= x.now())
    x.data().erase(key, x.now());
  else
    stored->expires_at = when;
  x.changed();
  x.reply.integer(1);
}

/// Answers what `measure` makes of the key's expiry.
template <class Measure>
void reply_expiry(command_call& x, Measure measure) {
  auto* stored = x.data().find(x.words[1], x.now());
  if (!stored)
    return x.reply.integer(-2);
  if (stored->expires_at == no_expiry)
    return x.reply.integer(-1);
  x.reply.integer(measure(stored->expires_at));
}

std::int64_t rounded_seconds(std::int64_t ms) {
  return (ms + 500) / 1000;
}

/// Reads `SYNC` or `ASYNC`, or nothing.
bool read_flush_mode(command_call& x) {
  auto good = x.words.size() == 1
              || (x.words.size() == 2
                  && (same_ignoring_case(x.words[1], "SYNC")
                      || same_ignoring_case(x.words[1], "ASYNC")));
  if (!good)
    x.reply_syntax_error();
  return good;
}

} // namespace

// -- keys ---------------------------------------------------------------------

void run_del(command_call& x) {
  std::int64_t removed = 0;
  for (auto key : x.words.subspan(1))
    removed += x.data().erase(key, x.now());
  if (removed > 0)
    x.changed();
  x.reply.integer(removed);
}

void run_exists(command_call& x) {
  std::int64_t there = 0;
  for (auto key : x.words.subspan(1))
    there += x.data().find(key, x.now()) != nullptr;
  x.reply.integer(there);
}

void run_type(command_call& x) {
  auto* stored = x.data().find(x.words[1], x.now());
  if (!stored)
    x.reply.status("none");
  else if (std::holds_alternative<hash>(stored->content))
    x.reply.status("hash");
  else if (std::holds_alternative<sorted_set>(stored->content))
    x.reply.status("zset");
  else
    x.reply.status("string");
}

void run_flushall(command_call& x) {
  if (!read_flush_mode(x))
    return;
  x.run.server.data.clear();
  x.changed();
  x.reply.ok();
}

void run_flushdb(command_call& x) {
  if (!read_flush_mode(x))
    return;
  x.data().clear();
  x.changed();
  x.reply.ok();
}

void run_dbsize(command_call& x) {
  x.reply.integer(static_cast<std::int64_t>(x.data().size(x.now())));
}

// -- their expiry -------------------------------------------------------------

void run_expire(command_call& x) {
  set_expiry(x, 1000, x.now());
}

void run_expireat(command_call& x) {
  set_expiry(x, 1000, 0);
}

void run_pexpire(command_call& x) {
  set_expiry(x, 1, x.now());
}

void run_pexpireat(command_call& x) {
  set_expiry(x, 1, 0);
}

void run_ttl(command_call& x) {
  reply_expiry(
    x, [&x](expiry_ms when) { return rounded_seconds(when - x.now()); });
}

void run_pttl(command_call& x) {
  reply_expiry(x, [&x](expiry_ms when) { return when - x.now(); });
}

void run_expiretime(command_call& x) {
  reply_expiry(x, rounded_seconds);
}

void run_pexpiretime(command_call& x) {
  reply_expiry(x, [](expiry_ms when) { return when; });
}

void run_persist(command_call& x) {
  auto* stored = x.data().find(x.words[1], x.now());
  if (!stored || stored->expires_at == no_expiry)
    return x.reply.integer(0);
  stored->expires_at = no_expiry;
  x.changed();
  x.reply.integer(1);
}

} // namespace obol::testing::internal
