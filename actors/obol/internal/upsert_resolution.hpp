#pragma once

#include "obol/error.hpp"
#include "obol/formats.hpp"

#include <optional>
#include <string_view>

namespace obol::internal {

/// What the upsert function answers; see the head of the Lua libraries.
enum class upsert_reply {
  ok,
  duplicate,
  conflict,
  gone,
  old,
  late,
  expired,
  corrupt,
};

/// What the resolve function answers.
enum class resolve_reply { pending, applied, not_applied, unknown };

std::optional<upsert_reply> parse_upsert_reply(std::string_view text);
std::optional<resolve_reply> parse_resolve_reply(std::string_view text);

/// Decides what became of an upsert whose replies may be lost. All copies carry
/// the same bytes and the same operation id, so the server applies at most one
/// of them and recognises the others. Once the deadline has passed on the
/// server's clock no copy can take effect any more, and asking settles it.
class upsert_resolution {
public:
  enum class action {
    /// It is stored.
    succeed,
    /// It is not, or it cannot be told: see `code`.
    fail,
    /// Send the same bytes again.
    send_again,
    /// Send it again with a deadline by a freshly measured server clock.
    send_with_new_deadline,
    /// Ask the server what became of it.
    ask,
    /// Ask again a little later: a copy could still take effect.
    ask_later,
  };

  struct verdict {
    upsert_resolution::action action;
    ec code = ec::conflict;
  };

  /// `in_doubt` says that a copy may have gone another way before.
  explicit upsert_resolution(write_guard guard, bool in_doubt = false)
    : guard_(guard), in_doubt_(in_doubt) {
  }

  verdict on_reply(upsert_reply x);

  verdict on_reply(resolve_reply x);

  /// The connection broke before a reply came. `may_be_sent` says whether the
  /// server may have seen the request, `time_left` whether a copy sent now
  /// could still arrive before the deadline.
  verdict on_lost(bool may_be_sent, bool time_left);

  /// The caller's time is over.
  verdict on_deadline(bool may_be_sent);

  /// Whether a copy may have taken effect without our knowing.
  bool in_doubt() const {
    return in_doubt_;
  }

private:
  write_guard guard_;
  bool in_doubt_;
  bool clock_was_measured_again_ = false;
};

} // namespace obol::internal
