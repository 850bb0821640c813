#include "obol/internal/flights.hpp"

namespace obol::internal {

void answer_overdue(flights& all, instant now) {
  for (auto& entry : all) {
    auto& [what, requester] = entry.value;
    if (entry.abandoned || !what || what->deadline() > now)
      continue;
    requester.deliver(what->on_deadline(all.may_be_sent(entry)));
    entry.abandoned = true;
  }
}

void give_up(flights& all, const caf::error& reason) {
  for (auto& entry : all) {
    auto& [what, requester] = entry.value;
    if (entry.abandoned || !what)
      continue;
    requester.deliver(what->give_up(all.may_be_sent(entry), reason));
    entry.abandoned = true;
  }
}

std::optional<instant> oldest(flights& all) {
  if (all.empty())
    return std::nullopt;
  return all.front().since;
}

} // namespace obol::internal
