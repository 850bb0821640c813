#include "obol/internal/remote_desk.hpp"

#include "obol/error.hpp"
#include "obol/internal/hex.hpp"
#include "obol/internal/write_time.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace obol::internal {

namespace {

/// Probes are calls too; there are few, one a node at a time.
constexpr std::size_t room_for_probes = 2 * max_nodes;

/// CAF counts its own requests from 1; our numbers are beyond these.
constexpr std::uint64_t own_numbers_from = 1u << 20;

/// A node is given a little less than what is left, so that what it says at its
/// deadline is here by ours: a sixteenth, but at most this.
constexpr auto travel_time_max = std::chrono::milliseconds{30};

duration time_for_node(duration left) {
  return left - std::min<duration>(left / 16, travel_time_max);
}

caf::error too_late() {
  return caf::make_error(ec::deadline_exceeded,
                         std::string{"no node answered before the deadline"});
}

caf::error closing() {
  return caf::make_error(ec::shutting_down,
                         std::string{"the store is stopping"});
}

} // namespace

remote_desk::remote_desk(remote_options settings,
                         std::shared_ptr<const clock> time,
                         std::shared_ptr<random_source> random)
  : settings_(std::move(settings)), clock_(std::move(time)),
    random_(std::move(random)), ledger_(settings_),
    calls_(settings_.max_in_flight + room_for_probes, random_->next()),
    nodes_(settings_.nodes.size()) {
}

// -- for those who send and answer --------------------------------------------

void remote_desk::take(caf::mailbox_element& x, request_kind kind,
                       caf::execution_unit* host) {
  auto reason = check(x.content(), kind);
  auto now = clock_->now();
  parcels out;
  {
    std::lock_guard guard{mutex_};
    call taken{x.sender,
               x.mid,
               x.move_content_to_message(),
               kind,
               call_fate{effect_of(kind)},
               now};
    auto timeout = timeout_of(taken.what, kind);
    taken.deadline += timeout.count() == 0 ? duration{settings_.deadline}
                                           : duration{timeout};
    if (!reason && closed_)
      reason = closing();
    else if (!reason && !ledger_.may_serve(now))
      reason = reason_of_outage();
    else if (!reason && calls_.size() - probes_ >= settings_.max_in_flight)
      reason = caf::make_error(
        ec::overloaded, std::string{"max_in_flight calls are under way"});
    if (reason)
      finish(std::move(taken), std::move(reason), out);
    else
      route(std::move(taken), now, out);
  }
  deliver(out, host);
}

bool remote_desk::answer(caf::mailbox_element& x, caf::execution_unit* host) {
  auto id = x.mid.request_id().integer_value();
  if (id < own_numbers_from)
    return false;
  auto now = clock_->now();
  parcels out;
  {
    std::lock_guard guard{mutex_};
    auto* known = calls_.find(id);
    // Only the node that was asked may answer.
    if (!known || known->node == nowhere || !x.sender
        || x.sender->get()
             != caf::actor_cast<caf::abstract_actor*>(nodes_[known->node]))
      return true;
    auto taken = std::move(*calls_.take(id));
    ledger_.on_heard(taken.node, now);
    if (taken.is_probe)
      --probes_;
    if (taken.is_probe)
      on_probe_answer(taken.node, x.move_content_to_message(), now);
    else
      on_answer(std::move(taken), x.move_content_to_message(), now, out);
  }
  deliver(out, host);
  return true;
}

void remote_desk::on_answer(call x, caf::message content, instant now,
                            parcels& out) {
  auto failure = content.match_elements<caf::error>()
                   ? content.get_as<caf::error>(0)
                   : caf::error{};
  if (is_early(x, failure, now)) {
    // The next sweep sends it again, by then perhaps with a newer report.
    x.what.get_mutable_as<upsert_request>(0).origin.server_deadline = 0;
    x.node = nowhere;
    calls_.put(std::move(x));
    return;
  }
  if (x.fate.on_answer(failure) == call_fate::action::deliver) {
    finish(std::move(x), std::move(content), out);
    return;
  }
  auto code = code_of(failure);
  if (code == ec::unavailable || code == ec::shutting_down)
    ledger_.on_refusal(x.node, std::move(failure));
  x.tried |= node_ledger::slot_set{1} << x.node;
  x.node = nowhere;
  route(std::move(x), now, out);
}

bool remote_desk::is_early(const call& x, const caf::error& failure,
                           instant now) {
  return x.kind == request_kind::upsert && !x.fate.in_doubt()
         && code_of(failure) == ec::deadline_exceeded && now < x.deadline;
}

void remote_desk::on_probe_answer(slot_id slot, const caf::message& content,
                                  instant now) {
  if (content.match_elements<node_report>()) {
    ledger_.on_report(slot, content.get_as<node_report>(0), now);
    return;
  }
  // A node that is stopping, or has no time for us.
  node_report report;
  report.recognises_copies = ledger_.recognises_copies(slot);
  report.status.reason = content.match_elements<caf::error>()
                           ? describe(content.get_as<caf::error>(0))
                           : std::string{"it does not speak our language"};
  ledger_.on_report(slot, report, now);
}

// -- calls, under the lock ----------------------------------------------------

void remote_desk::route(call x, instant now, parcels& out) {
  auto slot = ledger_.choose(x.tried);
  if (slot && now < x.deadline) {
    send(std::move(x), *slot, now, out);
    return;
  }
  if (!slot && x.fate.ends_without_nodes()) {
    auto token = token_of(x);
    auto last = x.fate.last_answer(std::move(token));
    finish(std::move(x), std::move(last), out);
    return;
  }
  if (closed_) {
    auto last = x.fate.on_end(closing(), false, token_of(x));
    finish(std::move(x), std::move(last), out);
    return;
  }
  calls_.put(std::move(x));
}

void remote_desk::send(call x, slot_id slot, instant now, parcels& out) {
  auto left = std::chrono::duration_cast<caf::timespan>(
    time_for_node(x.deadline - now));
  set_timeout(x.what, x.kind, std::max(left, caf::timespan{1}));
  if (x.kind == request_kind::upsert)
    mark(x, slot, now);
  x.node = slot;
  auto what = x.what;
  auto id = calls_.put(std::move(x));
  out.push_back({caf::actor_cast<caf::strong_actor_ptr>(sender_),
                 caf::actor_cast<caf::strong_actor_ptr>(nodes_[slot]),
                 caf::make_message_id(id), std::move(what)});
}

void remote_desk::mark(call& x, slot_id slot, instant now) {
  auto& origin = x.what.get_mutable_as<upsert_request>(0).origin;
  while (origin.operation_id == 0)
    origin.operation_id = random_->next();
  if (origin.server_deadline == 0) {
    auto until = now + time_to_write(x.deadline - now);
    origin.server_deadline = ledger_.server_ms(slot, until);
  }
  origin.repeated = origin.repeated || x.fate.in_doubt();
}

void remote_desk::finish(call x, caf::message answer, parcels& out) {
  if (events.has_subscribers())
    if (auto what = event_of(x.what, x.kind, answer))
      events.publish(what->kind, what->key);
  if (x.requester)
    out.push_back({caf::actor_cast<caf::strong_actor_ptr>(sender_),
                   std::move(x.requester), x.request.response_id(),
                   std::move(answer)});
}

void remote_desk::finish(call x, caf::error failure, parcels& out) {
  finish(std::move(x), caf::make_message(std::move(failure)), out);
}

std::optional<resolution_token> remote_desk::token_of(const call& x) {
  if (x.kind != request_kind::upsert)
    return std::nullopt;
  auto& request = x.what.get_as<upsert_request>(0);
  return resolution_token{
    request.session.key(), request.session.lock_version + 1,
    to_hex(request.origin.operation_id), request.origin.server_deadline};
}

void remote_desk::deliver(parcels& out, caf::execution_unit* host) {
  for (auto& x : out)
    if (x.to)
      x.to->enqueue(std::move(x.from), x.id, std::move(x.what), host);
}

// -- for the actor ------------------------------------------------------------

std::vector<node_ledger::duty> remote_desk::due() {
  std::lock_guard guard{mutex_};
  auto now = clock_->now();
  if (calls_wait_for_nodes())
    ledger_.hurry(now, random_->next());
  return ledger_.due(now);
}

bool remote_desk::calls_wait_for_nodes() {
  return ledger_.count(node_ledger::phase::ready) == 0
         && !calls_.all([](auto& x) { return x.node == nowhere; }).empty();
}

void remote_desk::on_connected(slot_id slot, const gateway_actor& node) {
  std::lock_guard guard{mutex_};
  nodes_[slot] = node;
  ledger_.on_connected(slot, clock_->now());
}

void remote_desk::on_alias(slot_id slot) {
  std::lock_guard guard{mutex_};
  ledger_.on_alias(slot, clock_->now());
}

void remote_desk::on_lost(slot_id slot, caf::error reason,
                          caf::execution_unit* host) {
  auto now = clock_->now();
  parcels out;
  {
    std::lock_guard guard{mutex_};
    auto recognises = ledger_.recognises_copies(slot);
    ledger_.on_lost(slot, std::move(reason), now, random_->next());
    nodes_[slot] = nullptr;
    for (auto id : calls_.all([slot](auto& x) { return x.node == slot; })) {
      auto taken = std::move(*calls_.take(id));
      if (taken.is_probe) {
        --probes_;
        continue;
      }
      taken.node = nowhere;
      taken.tried = 0;
      if (taken.fate.on_lost(recognises) == call_fate::action::try_another) {
        route(std::move(taken), now, out);
        continue;
      }
      auto last = taken.fate.last_answer(token_of(taken));
      finish(std::move(taken), std::move(last), out);
    }
  }
  deliver(out, host);
}

void remote_desk::probe(slot_id slot, caf::execution_unit* host) {
  parcels out;
  {
    std::lock_guard guard{mutex_};
    if (!nodes_[slot])
      return;
    call x{nullptr,
           {},
           {},
           request_kind::get,
           call_fate{call_kind::read},
           instant::max(),
           slot,
           0,
           true};
    auto id = calls_.put(std::move(x));
    ++probes_;
    out.push_back({caf::actor_cast<caf::strong_actor_ptr>(sender_),
                   caf::actor_cast<caf::strong_actor_ptr>(nodes_[slot]),
                   caf::make_message_id(id),
                   caf::make_message(probe_request{})});
  }
  deliver(out, host);
}

void remote_desk::sweep(caf::execution_unit* host) {
  auto now = clock_->now();
  parcels out;
  {
    std::lock_guard guard{mutex_};
    auto waits_or_late
      = [now](const call& x) { return x.deadline <= now || x.node == nowhere; };
    for (auto id : calls_.all(waits_or_late)) {
      auto taken = std::move(*calls_.take(id));
      if (now < taken.deadline) {
        taken.tried = 0;
        route(std::move(taken), now, out);
        continue;
      }
      auto last
        = taken.fate.on_end(too_late(), taken.node != nowhere, token_of(taken));
      finish(std::move(taken), std::move(last), out);
    }
  }
  deliver(out, host);
}

void remote_desk::close(caf::execution_unit* host) {
  parcels out;
  {
    std::lock_guard guard{mutex_};
    closed_ = true;
    for (auto id : calls_.all([](auto& x) { return x.node == nowhere; })) {
      auto taken = std::move(*calls_.take(id));
      auto last = taken.fate.on_end(closing(), false, token_of(taken));
      finish(std::move(taken), std::move(last), out);
    }
  }
  deliver(out, host);
}

void remote_desk::abort(caf::execution_unit* host) {
  parcels out;
  {
    std::lock_guard guard{mutex_};
    closed_ = true;
    for (auto id : calls_.all([](auto&) { return true; })) {
      auto taken = std::move(*calls_.take(id));
      if (taken.is_probe) {
        --probes_;
        continue;
      }
      auto last
        = taken.fate.on_end(closing(), taken.node != nowhere, token_of(taken));
      finish(std::move(taken), std::move(last), out);
    }
  }
  deliver(out, host);
}

} // namespace obol::internal
