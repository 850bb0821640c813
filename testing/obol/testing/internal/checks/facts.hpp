#pragma once

#include "obol/testing/history.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace obol::testing::internal {

/// A place in `history::operations`.
using op_index = std::uint32_t;

inline constexpr auto no_op = std::numeric_limits<op_index>::max();

/// What is certain about an upsert.
enum class fate : std::uint8_t {
  /// It was applied: the answer said so, or a `resolve`.
  applied,
  /// It was not, and will not be.
  denied,
  /// Either.
  doubtful,
};

/// What a history says directly, arranged so that it can be looked up.
class facts {
public:
  explicit facts(const history& what);

  // -- operations -------------------------------------------------------------

  const history& all() const {
    return history_;
  }

  const operation& at(op_index x) const {
    return history_.operations[x];
  }

  op_index size() const {
    return static_cast<op_index>(history_.operations.size());
  }

  /// `no_op` if there is none of that number.
  op_index find(op_number x) const;

  // -- upserts ----------------------------------------------------------------

  fate fate_of(op_index upsert) const {
    return outcomes_[upsert].what;
  }

  /// Whose answer said that it was applied: its own, or that of a `resolve`.
  op_index confirmed_by(op_index upsert) const {
    return outcomes_[upsert].confirmed_by;
  }

  /// Whose answer said for certain that it was not; `no_op` if none did.
  op_index denied_by(op_index upsert) const {
    return outcomes_[upsert].denied_by;
  }

  // -- losses -----------------------------------------------------------------

  std::size_t losses_before(moment x) const;

  std::size_t losses_until(moment x) const;

  bool lost_between(moment from, moment until) const {
    return losses_before(from) != losses_until(until);
  }

  // -- sessions ---------------------------------------------------------------

  /// Sessions have numbers from 1 to this.
  std::uint32_t last_session() const {
    return last_session_;
  }

  std::uint32_t last_set() const {
    return last_set_;
  }

  std::uint32_t set_of(std::uint32_t session) const {
    return sessions_[session].set;
  }

  /// The first moment at which it may have been stored; `never` if it cannot.
  moment first_write(std::uint32_t session) const {
    return sessions_[session].first_write;
  }

  /// When the last of all that may have been stored of it expires.
  moment last_expiry(std::uint32_t session) const {
    return sessions_[session].last_expiry;
  }

  /// The earliest and the latest `created_at` it was ever sent with.
  moment created_first(std::uint32_t session) const {
    return sessions_[session].created_first;
  }

  moment created_last(std::uint32_t session) const {
    return sessions_[session].created_last;
  }

  /// Whether what was stored of it, as this version or a later one, may have
  /// expired by then on anybody's clock.
  bool may_have_expired(std::uint32_t session, std::int64_t version,
                        moment until) const;

  /// Whether another upsert that may have been applied, as the version this one
  /// was to write or a later one, was invoked before this was answered.
  bool has_rival(op_index upsert) const;

private:
  struct outcome {
    fate what = fate::doubtful;
    op_index confirmed_by = no_op;
    op_index denied_by = no_op;
  };

  struct session_facts {
    std::uint32_t set = 0;
    moment first_write = never;
    moment last_expiry = moment::min();
    /// Of all upserts, whatever became of them.
    moment first_expiry = never;
    moment created_first = never;
    moment created_last = moment::min();
    /// Where its writes begin in `writes_`.
    std::uint32_t writes_begin = 0;
  };

  /// An upsert that may have been applied.
  struct write {
    std::uint32_t session;
    std::int64_t version;
    /// The least of this and all later versions.
    moment expires_at;
    moment invoked;
    op_index upsert;
  };

  void number_operations();
  void number_sessions();
  void decide_outcomes();
  void collect_writes();
  void hear(op_index upsert, op_index from, bool applied);
  bool is_certain(op_index upsert, op_index denied_by) const;
  const write* find_write(std::uint32_t session, std::int64_t version) const;

  const history& history_;
  /// Sorted by number; empty if numbers are places plus one.
  std::vector<std::pair<op_number, op_index>> numbers_;
  std::vector<outcome> outcomes_;
  std::uint32_t last_session_ = 0;
  std::uint32_t last_set_ = 0;
  /// By number; one more than there are, to end the last one's writes.
  std::vector<session_facts> sessions_;
  /// By session and version.
  std::vector<write> writes_;
};

} // namespace obol::testing::internal
