#pragma once

#include "obol/internal/clock.hpp"
#include "obol/internal/counters.hpp"
#include "obol/internal/request_counts.hpp"
#include "obol/internal/request_mark.hpp"
#include "obol/internal/request_totals.hpp"
#include "obol/messages.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace obol::internal {

struct store_context;

/// What one store counts. A connection, which answers nearly all requests,
/// borrows counts that only it writes; all others share some under a lock. Safe
/// to use from any thread.
class store_metrics : public std::enable_shared_from_this<store_metrics> {
public:
  // -- types ------------------------------------------------------------------

  /// Counts that one connection has for itself while this lives. They keep what
  /// was counted when another gets them.
  class lease {
  public:
    lease() = default;
    lease(std::shared_ptr<store_metrics> owner, request_counts* counts);
    lease(lease&&) = default;
    lease& operator=(lease&& other) noexcept;
    ~lease();

    /// @pre it was borrowed
    request_counts& operator*() const {
      return *counts_;
    }

  private:
    std::shared_ptr<store_metrics> owner_;
    request_counts* counts_ = nullptr;
  };

  /// How the pool is at this instant.
  struct pool_gauges {
    pool_counts counts;
    std::uint32_t draining = 0;
    bool ready = false;
  };

  // -- for the store ----------------------------------------------------------

  /// From here on it is this store's; false if it is another's.
  bool attach(const std::shared_ptr<store_context>& store);

  lease borrow();

  /// A request was answered with this.
  void answered(request_mark& mark, const answer_ptr& answer, instant now);

  /// A request ended otherwise.
  void ended(request_mark& mark, request_outcome outcome, instant now);

  /// The same, now.
  void dropped(request_mark& mark, request_outcome outcome);

  /// So many requests were refused before they became operations. How long that
  /// took is not measured.
  void refused(request_kind kind, request_outcome outcome,
               std::uint64_t count = 1);

  internal::counters counters;

  // -- for readers ------------------------------------------------------------

  request_totals totals() const;

  /// All zero while there is no store.
  pool_gauges gauges() const;

private:
  mutable std::mutex mutex_;
  // Guarded by mutex_, like all that follows; what was lent is written by its
  // borrower.
  std::vector<std::unique_ptr<request_counts>> all_;
  std::vector<request_counts*> free_;
  request_counts shared_;
  bool attached_ = false;
  std::weak_ptr<store_context> store_;
  std::shared_ptr<const clock> clock_;
};

/// Counts that an operation has been answered, where only the caller writes.
inline void count_answer(const store_metrics::lease& where, request_mark& mark,
                         const answer_ptr& answer, instant now) {
  if (!mark.uncounted)
    return;
  mark.uncounted = nullptr;
  (*where).ended(mark.kind, outcome_of(mark.kind, answer));
  (*where).took(mark.kind, now - mark.began);
}

} // namespace obol::internal
