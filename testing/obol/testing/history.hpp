#pragma once

#include "obol/error.hpp"
#include "obol/messages.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What clients asked of stores and what they were told: plain data, without
// actors, for the checker. One observer writes it down, on one clock.
//
// Every stored version of a session carries its whole past as payload: the
// numbers of the upserts that wrote it, oldest first, its own last. So the
// version that a store reports must be the length of what it returns, and what
// two readers saw can be compared without guessing an order.

namespace obol::testing {

/// Time since the beginning of the history. The calendar times in sessions are
/// given on the same scale.
using moment = std::chrono::nanoseconds;

/// An expiry that does not come.
inline constexpr moment never = moment::max();

/// Names an operation; unique in a history, from 1.
using op_number = std::uint32_t;

/// A session as an answer showed it.
struct sighting {
  /// Which session it is, by the id and owner it names itself; 0 if it is none
  /// of this history.
  std::uint32_t session = 0;

  /// The set it names as its own.
  std::uint32_t set = 0;

  /// Its lock version.
  std::int64_t version = 0;

  /// Its `refresh_expires_at`.
  moment expires_at = never;

  /// Its payload.
  std::vector<op_number> chain;
};

/// One request of one client to one store.
struct operation {
  enum class kind : std::uint8_t {
    get,
    upsert,
    remove,
    get_all,
    remove_all,
    remove_others,
    revoke_before,
    resolve,
    /// Any other that must be answered.
    other,
  };

  // -- the request ------------------------------------------------------------

  op_number number = 0;

  operation::kind what = kind::other;

  std::uint32_t client = 0;

  /// The session asked for, written, removed or, by `remove_others`, kept.
  /// Numbers begin at 1 and have no large gaps; one stands for one id of one
  /// user and type, and is not used for a second login.
  std::uint32_t session = 0;

  /// The user and type it belongs to; numbers as for sessions.
  std::uint32_t set = 0;

  moment invoked{};

  /// When it must have been answered.
  moment deadline{};

  /// Whether the workload expects it to succeed whatever happened before,
  /// because it is invoked after `history::quiet_since`.
  bool must_succeed = false;

  /// Of an upsert: the lock version it was sent with; 0 for a first write.
  std::int64_t base = 0;

  /// Of an upsert: the payload it wrote, its own number last.
  std::vector<op_number> chain;

  /// Of an upsert.
  moment created_at{};

  /// Of an upsert: the `refresh_expires_at` it wrote. Workloads had better not
  /// bring it forward: an id that has expired is free again, and a copy of the
  /// first write that was held up may find it so and be applied twice.
  moment expires_at = never;

  /// Of a `revoke_before`.
  moment created_before{};

  /// Of a `resolve`: the upsert it asks about.
  op_number subject = 0;

  // -- the answer -------------------------------------------------------------

  /// How often it was answered.
  std::uint32_t answers = 0;

  /// Its client died before it was answered, so that it need not be. It may
  /// have taken effect.
  bool abandoned = false;

  /// When it was answered first.
  moment completed{};

  /// Why it failed, by `code_of`; empty if it succeeded.
  std::optional<ec> error;

  /// It failed with an error that is not obol's.
  bool foreign_error = false;

  /// What the answer of a `get`, `get_all` or `upsert` holds.
  std::vector<sighting> seen;

  /// Of a request that removes.
  std::int64_t count = 0;

  /// Of a `resolve`.
  std::optional<obol::resolution> resolution;

  // -- queries ----------------------------------------------------------------

  bool succeeded() const {
    return answers > 0 && !error && !foreign_error;
  }

  bool removes() const {
    return what == kind::remove || what == kind::remove_all
           || what == kind::remove_others || what == kind::revoke_before;
  }
};

/// All that happened, and what the checker must know about the world. It goes
/// on until every request is answered or past its deadline.
struct history {
  /// In the order they were invoked.
  std::vector<operation> operations;

  /// When the server lost data it had acknowledged: a restart without
  /// persistence, a failover. In order.
  std::vector<moment> losses;

  /// When the last fault had ended.
  moment quiet_since{};

  /// How far the clocks of server and clients may disagree with the history's,
  /// rounding to seconds included.
  moment skew = std::chrono::seconds{1};

  /// How much later than its deadline an answer may come.
  moment tick = std::chrono::milliseconds{20};

  /// How long after its answer a request that removes may still take effect,
  /// through a copy of it that was held up on the way.
  moment late_effect = std::chrono::seconds{30};
};

/// Gives every event of a history a moment of its own. Events that share one
/// count as concurrent, so that what follows from their order is not checked.
class unique_moments {
public:
  moment next(moment now) {
    last_ = std::max(now, last_ + moment{1});
    return last_;
  }

private:
  moment last_{-1};
};

/// The enumerator's name.
std::string to_string(enum operation::kind x);

/// One line: what was asked, when, and what came of it.
std::string to_string(const operation& x);

} // namespace obol::testing
