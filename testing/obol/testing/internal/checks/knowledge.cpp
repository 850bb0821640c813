#include "obol/testing/internal/checks/knowledge.hpp"

namespace obol::testing::internal {

namespace {

void add(knowledge& known, const proof& x) {
  if (!known.first)
    known.first = &x;
  // An acknowledgement says more than a read of the same.
  if (!known.highest || x.version > known.highest->version
      || (x.version == known.highest->version && x.acknowledged))
    known.highest = &x;
  if (!known.latest || x.since > known.latest->since)
    known.latest = &x;
  if (!x.acknowledged
      && (!known.latest_read || x.since > known.latest_read->since))
    known.latest_read = &x;
}

void add_removal(knowledge& known, op_index request) {
  if (known.removal == no_op)
    known.removal = request;
}

} // namespace

const knowledge* memory::since_loss(std::uint32_t session, moment until) const {
  const auto& result = since_loss_[session];
  return result.losses == facts_.losses_until(until) ? &result : nullptr;
}

const knowledge* memory::ever(std::uint32_t session) const {
  return ever_.empty() ? nullptr : &ever_[session];
}

void memory::forget(std::uint32_t session) {
  if (!ever_.empty())
    ever_[session] = {};
}

void memory::learn(const proof& x) {
  if (auto* known = record_of(x.session, x.since))
    add(*known, x);
  if (!ever_.empty())
    add(ever_[x.session], x);
}

void memory::learn_nothing(std::uint32_t session, op_index request) {
  auto since = facts_.at(request).invoked;
  if (auto* known = record_of(session, since))
    if (known->nothing == no_op || since > facts_.at(known->nothing).invoked)
      known->nothing = request;
}

void memory::learn_removal(std::uint32_t session, op_index request) {
  if (auto* known = record_of(session, facts_.at(request).invoked))
    add_removal(*known, request);
  if (!ever_.empty())
    add_removal(ever_[session], request);
}

void memory::learn_absence(std::uint32_t session, op_index request) {
  if (auto* known = record_of(session, facts_.at(request).invoked))
    if (known->absence == no_op)
      known->absence = request;
}

knowledge* memory::record_of(std::uint32_t session, moment since) {
  auto& result = since_loss_[session];
  auto losses = facts_.losses_before(since);
  if (losses > result.losses) {
    result = {};
    result.losses = losses;
  }
  return losses == result.losses ? &result : nullptr;
}

} // namespace obol::testing::internal
