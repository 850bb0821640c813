#include "obol/internal/node_ledger.hpp"

#include "obol/error.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace obol::internal {

namespace {

/// For so long after the last node was ready, requests wait for one.
constexpr auto outage_grace = std::chrono::seconds{1};

/// A node that was lost is mostly restarted. For so long its clients try again
/// at the shortest pause, so that they are back when the next node goes.
constexpr auto restart_time = std::chrono::seconds{10};

std::int64_t to_ms(instant x) {
  using namespace std::chrono;
  return duration_cast<milliseconds>(x.time_since_epoch()).count();
}

} // namespace

node_ledger::node_ledger(const remote_options& settings)
  : shortest_pause_(settings.backoff_initial),
    longest_pause_(settings.backoff_max),
    connect_timeout_(settings.connect_timeout),
    probe_interval_(settings.probe_interval),
    progress_timeout_(settings.progress_timeout), nodes_(settings.nodes.size()),
    trouble_(caf::make_error(ec::unavailable,
                             std::string{"no node is connected yet"})) {
  for (auto& x : nodes_)
    x.pause = backoff{settings.backoff_initial, settings.backoff_max};
}

// -- choosing -----------------------------------------------------------------

std::optional<node_ledger::slot_id> node_ledger::choose(slot_set without) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    auto slot = turn_;
    turn_ = (turn_ + 1) % nodes_.size();
    if ((without >> slot & 1) == 0 && nodes_[slot].phase == phase::ready)
      return slot;
  }
  return std::nullopt;
}

bool node_ledger::may_serve(instant now) const {
  return std::any_of(nodes_.begin(), nodes_.end(), [now](const node& x) {
    return x.phase == phase::ready
           || (x.last_ready && now - *x.last_ready < outage_grace);
  });
}

// -- what happens -------------------------------------------------------------

std::vector<node_ledger::duty> node_ledger::due(instant now) {
  std::vector<duty> result;
  for (slot_id slot = 0; slot < nodes_.size(); ++slot)
    if (auto what = due(nodes_[slot], now))
      result.push_back({*what, slot});
  return result;
}

std::optional<node_ledger::task> node_ledger::due(node& x, instant now) {
  switch (x.phase) {
    case phase::resting:
      if (now < x.until)
        return std::nullopt;
      x.phase = phase::connecting;
      x.is_alias = false;
      x.until = now + connect_timeout_;
      return task::connect;
    case phase::connecting:
    case phase::greeting:
      if (now >= x.until)
        return task::give_up;
      break;
    case phase::ready:
      x.last_ready = now;
      [[fallthrough]];
    case phase::unready:
      if (x.probed && now - std::max(*x.probed, x.heard) >= progress_timeout_)
        return task::give_up;
      break;
  }
  if (x.phase == phase::connecting || x.probed || now < x.next_probe)
    return std::nullopt;
  x.probed = now;
  x.next_probe = now + probe_interval_;
  return task::probe;
}

void node_ledger::on_connected(slot_id slot, instant now) {
  auto& x = nodes_[slot];
  x.phase = phase::greeting;
  x.next_probe = now;
  x.heard = now;
  x.probed.reset();
  ++connected;
}

void node_ledger::on_alias(slot_id slot, instant now) {
  auto& x = nodes_[slot];
  x.phase = phase::resting;
  x.is_alias = true;
  x.until = now + longest_pause_;
}

void node_ledger::on_lost(slot_id slot, caf::error reason, instant now,
                          std::uint64_t random) {
  auto& x = nodes_[slot];
  if (x.phase == phase::resting)
    return;
  auto was_connected = x.phase != phase::connecting;
  if (was_connected)
    ++lost;
  if (is_up(x))
    x.expected_until = now + restart_time;
  if (x.phase == phase::ready)
    x.last_ready = now;
  x.phase = phase::resting;
  x.until = now + x.pause.next(random);
  if (now < x.expected_until)
    x.pause.reset();
  x.probed.reset();
  trouble_ = std::move(reason);
  for (auto& other : nodes_)
    if (was_connected && std::exchange(other.is_alias, false))
      other.until = now;
}

void node_ledger::on_report(slot_id slot, const node_report& report,
                            instant now) {
  auto& x = nodes_[slot];
  x.probed.reset();
  x.heard = now;
  if (x.phase == phase::resting || x.phase == phase::connecting)
    return;
  x.report = report;
  if (report.server_ms > 0)
    x.server_offset = report.server_ms - to_ms(now);
  x.pause.reset();
  if (report.status.phase != pool_phase::not_ready) {
    x.phase = phase::ready;
    x.last_ready = now;
    return;
  }
  x.phase = phase::unready;
  trouble_ = caf::make_error(ec::unavailable,
                             "a node is not ready: " + report.status.reason);
}

void node_ledger::hurry(instant now, std::uint64_t random) {
  for (auto& x : nodes_) {
    auto soon = now + backoff{shortest_pause_, shortest_pause_}.next(random);
    if (x.phase == phase::resting && !x.is_alias
        && x.until > now + shortest_pause_)
      x.until = soon;
    if (x.phase == phase::unready && x.next_probe > now + shortest_pause_)
      x.next_probe = soon;
  }
}

void node_ledger::on_heard(slot_id slot, instant now) {
  nodes_[slot].heard = now;
}

void node_ledger::on_refusal(slot_id slot, caf::error reason) {
  auto& x = nodes_[slot];
  if (x.phase != phase::ready)
    return;
  x.phase = phase::unready;
  trouble_ = std::move(reason);
}

// -- queries ------------------------------------------------------------------

std::size_t node_ledger::count(node_ledger::phase what) const {
  return static_cast<std::size_t>(
    std::count_if(nodes_.begin(), nodes_.end(),
                  [what](const node& x) { return x.phase == what; }));
}

std::int64_t node_ledger::server_ms(slot_id slot, instant when) const {
  auto offset = nodes_[slot].server_offset;
  return offset == 0 ? 0 : to_ms(when) + offset;
}

} // namespace obol::internal
