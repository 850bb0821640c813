#include "obol/internal/flights.hpp"

#include "obol/internal/errors.hpp"
#include "obol/internal/sealing.hpp"

#include <string>

namespace obol::internal {

namespace {

/// So many are prepared at a time: enough to sign side by side, few enough that
/// the first need not wait long to be sent.
constexpr std::size_t most_prepared = 16;

constexpr const char* too_large
  = "the server's reply is larger than a store reads";

} // namespace

flights::flights(store_context_ptr store, connection_owner owner,
                 std::uint32_t slot, layout kind)
  : store_(std::move(store)), owner_(std::move(owner)), slot_(slot) {
  if (kind == layout::automatic)
    return;
  sealer_.emplace(make_sealer(*store_, kind));
  commands_.emplace(make_commands(*store_, kind));
  counts_ = store_->metrics->borrow();
}

// -- what happened ------------------------------------------------------------

void flights::start_stream() {
  queue_ = {};
}

std::size_t flights::prepare(submission_queue& coming) {
  prepared_.clear();
  auto count = coming.look_ahead(most_prepared, [this](operation& x) {
    if (auto* waits = sealer_ ? x.prepare(*sealer_) : nullptr)
      prepared_.push_back(waits);
  });
  if (!prepared_.empty())
    sealer_->sign(prepared_);
  return count;
}

bool flights::add(flight x, std::string& out, instant now) {
  auto before = out.size();
  if (x.what->deadline() <= now) {
    answer(x, x.what->on_deadline(false), now);
  } else if (auto error = put_request(out, *x.what, now)) {
    answer(x, x.what->give_up(false, std::move(error)), now);
  } else {
    queue_.push(std::move(x), out.size() - before, now);
    return true;
  }
  ++answered_;
  return false;
}

void flights::add_probe(std::size_t bytes, instant now) {
  queue_.push({}, bytes, now);
}

void flights::on_written(std::size_t bytes) {
  queue_.on_written(bytes);
}

caf::error flights::on_replies(std::span<reply> replies, instant now) {
  texts_.clear();
  for (auto& x : replies)
    texts_.emplace_back(x.text);
  // Whatever is no session has none of their forms.
  if (sealer_ && texts_.size() > 1)
    sealer_->check(texts_);
  for (std::size_t i = 0; i < replies.size(); ++i)
    if (auto error = on_reply(replies[i], texts_[i], now))
      return error;
  return {};
}

caf::error flights::on_reply(reply& x, const signed_bytes& text, instant now) {
  if (queue_.empty())
    return unavailable("the server sent an unasked reply");
  auto entry = queue_.pop();
  if (!entry.value.what)
    return {};
  if (auto kind = entry.value.what->mark.kind; kind != request_kind::none)
    (*counts_).replied(kind, now - entry.since);
  if (entry.abandoned) {
    ++answered_;
    return {};
  }
  auto how = lend(now);
  how.text = text;
  auto verdict = entry.value.what->on_reply(x, how);
  auto renew = verdict.renew_connection;
  follow(std::move(verdict), std::move(entry.value), now);
  return renew ? unavailable("the server does not take writes") : caf::error{};
}

void flights::on_too_large(instant now) {
  if (queue_.empty())
    return;
  auto entry = queue_.pop();
  auto& what = entry.value.what;
  if (!what)
    return;
  ++answered_;
  if (!entry.abandoned)
    answer(
      entry.value,
      what->give_up(true, caf::make_error(ec::refused, std::string{too_large})),
      now);
}

void flights::on_lost(instant now) {
  auto lost = std::exchange(queue_, {});
  auto how = lend(now);
  for (auto& entry : lost) {
    if (!entry.value.what)
      continue;
    if (entry.abandoned) {
      ++answered_;
      continue;
    }
    auto verdict = entry.value.what->on_lost(lost.may_be_sent(entry), how);
    follow(std::move(verdict), std::move(entry.value), now);
  }
}

caf::error flights::put_request(std::string& out, operation& what,
                                instant now) {
  auto how = lend(now);
  return what.put_request(out, how);
}

// -- outcomes -----------------------------------------------------------------

void flights::follow(operation::verdict verdict, flight from, instant now) {
  switch (verdict.step) {
    case operation::step::answer:
      ++answered_;
      answer(from, std::move(verdict.answer), now);
      return;
    case operation::step::send_again:
      break;
    case operation::step::send_again_later:
      from.what->not_before = now + operation::retry_delay;
      break;
    case operation::step::load_functions:
      from.what->awaits_functions = true;
      break;
  }
  hand_back(std::move(from));
}

void flights::hand_back(flight x) {
  x.what->came_back = true;
  x.what->came_from = slot_;
  x.requester.delegate(owner_, std::move(x.what));
}

void flights::answer_overdue(instant now) {
  for (auto& entry : queue_) {
    auto& what = entry.value.what;
    if (entry.abandoned || !what || what->deadline() > now)
      continue;
    answer(entry.value, what->on_deadline(queue_.may_be_sent(entry)), now);
    entry.abandoned = true;
  }
}

void flights::give_up(const caf::error& reason, instant now) {
  for (auto& entry : queue_) {
    auto& what = entry.value.what;
    if (entry.abandoned || !what)
      continue;
    answer(entry.value, what->give_up(queue_.may_be_sent(entry), reason), now);
    entry.abandoned = true;
  }
}

void flights::answer(flight& x, answer_ptr what, instant now) {
  count_answer(counts_, x.what->mark, what, now);
  x.requester.deliver(std::move(what));
}

// -- queries ------------------------------------------------------------------

std::optional<instant> flights::oldest() {
  if (queue_.empty())
    return std::nullopt;
  return queue_.front().since;
}

std::optional<instant> flights::next_deadline() {
  std::optional<instant> result;
  for (auto& entry : queue_) {
    auto& what = entry.value.what;
    if (!entry.abandoned && what && (!result || what->deadline() < *result))
      result = what->deadline();
  }
  return result;
}

execution flights::lend(instant now) {
  return {*store_,
          sealer_ ? &*sealer_ : nullptr,
          commands_ ? &*commands_ : nullptr,
          now,
          {}};
}

} // namespace obol::internal
