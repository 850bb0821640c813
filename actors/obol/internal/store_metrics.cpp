#include "obol/internal/store_metrics.hpp"

#include "obol/internal/store_context.hpp"

#include <utility>

namespace obol::internal {

// -- counts that are lent -----------------------------------------------------

store_metrics::lease::lease(std::shared_ptr<store_metrics> owner,
                            request_counts* counts)
  : owner_(std::move(owner)), counts_(counts) {
}

store_metrics::lease& store_metrics::lease::operator=(lease&& other) noexcept {
  std::swap(owner_, other.owner_);
  std::swap(counts_, other.counts_);
  return *this;
}

store_metrics::lease::~lease() {
  if (!owner_)
    return;
  std::lock_guard guard{owner_->mutex_};
  owner_->free_.push_back(counts_);
}

store_metrics::lease store_metrics::borrow() {
  std::lock_guard guard{mutex_};
  if (free_.empty()) {
    all_.push_back(std::make_unique<request_counts>());
    free_.reserve(all_.size());
    return {shared_from_this(), all_.back().get()};
  }
  auto* counts = free_.back();
  free_.pop_back();
  return {shared_from_this(), counts};
}

// -- for the store ------------------------------------------------------------

bool store_metrics::attach(const std::shared_ptr<store_context>& store) {
  std::lock_guard guard{mutex_};
  if (std::exchange(attached_, true))
    return false;
  store_ = store;
  clock_ = store->env.clock;
  return true;
}

void store_metrics::answered(request_mark& mark, const answer_ptr& answer,
                             instant now) {
  ended(mark, outcome_of(mark.kind, answer), now);
}

void store_metrics::ended(request_mark& mark, request_outcome outcome,
                          instant now) {
  if (!std::exchange(mark.uncounted, nullptr))
    return;
  std::lock_guard guard{mutex_};
  shared_.ended(mark.kind, outcome);
  shared_.took(mark.kind, now - mark.began);
}

void store_metrics::dropped(request_mark& mark, request_outcome outcome) {
  ended(mark, outcome, clock_ ? clock_->now() : mark.began);
}

void store_metrics::refused(request_kind kind, request_outcome outcome,
                            std::uint64_t count) {
  std::lock_guard guard{mutex_};
  shared_.ended(kind, outcome, count);
}

// -- for readers --------------------------------------------------------------

request_totals store_metrics::totals() const {
  request_totals result;
  std::lock_guard guard{mutex_};
  result.add(shared_);
  for (auto& x : all_)
    result.add(*x);
  return result;
}

store_metrics::pool_gauges store_metrics::gauges() const {
  std::unique_lock guard{mutex_};
  auto store = store_.lock();
  guard.unlock();
  pool_gauges result;
  if (!store)
    return result;
  auto ledger = store->desk.ledger();
  result.counts = ledger->counts();
  result.counts.waiting = counters.waiting.load(std::memory_order_relaxed);
  result.draining = ledger->draining();
  result.ready = ledger->any_ready();
  return result;
}

} // namespace obol::internal
