#include "obol/testing/internal/checks/order.hpp"

#include "obol/testing/internal/checks/absence.hpp"
#include "obol/testing/internal/checks/knowledge.hpp"
#include "obol/testing/internal/checks/presence.hpp"

#include <algorithm>
#include <tuple>

namespace obol::testing::internal {

namespace {

using kind = operation::kind;

/// What ends at the moment another begins does not precede it.
enum class phase : std::uint8_t { begins, ends };

/// A request or, apart from it, one thing that its answer proves.
struct event {
  moment at;
  internal::phase phase;
  bool is_proof;
  std::uint32_t index;
};

/// Whether the absence check has to look at it.
bool tells_more_than_proofs(const operation& x) {
  switch (x.what) {
    case kind::upsert:
      return x.answers > 0 && (x.error == ec::conflict || x.error == ec::gone);
    case kind::get:
      return x.succeeded() && x.seen.empty();
    case kind::get_all:
    case kind::remove:
    case kind::remove_all:
    case kind::remove_others:
    case kind::revoke_before:
      return x.succeeded();
    default:
      return false;
  }
}

std::vector<event> events_of(const facts& known,
                             const std::vector<proof>& proofs) {
  std::vector<event> result;
  result.reserve(2 * (proofs.size() + known.size()));
  for (std::uint32_t i = 0; i < proofs.size(); ++i) {
    result.push_back({proofs[i].since, phase::begins, true, i});
    result.push_back({proofs[i].until, phase::ends, true, i});
  }
  for (op_index i = 0; i < known.size(); ++i) {
    const auto& x = known.at(i);
    if (!tells_more_than_proofs(x))
      continue;
    result.push_back({x.invoked, phase::begins, false, i});
    result.push_back({x.completed, phase::ends, false, i});
  }
  std::sort(result.begin(), result.end(), [](const event& x, const event& y) {
    return std::tie(x.at, x.phase, x.is_proof, x.index)
           < std::tie(y.at, y.phase, y.is_proof, y.index);
  });
  return result;
}

} // namespace

void check_order(const facts& known, const std::vector<proof>& proofs,
                 report& found) {
  memory remembered{known};
  presence_check presence{known, remembered, found};
  absence_check absence{known, remembered, found};
  for (const auto& x : events_of(known, proofs)) {
    if (!x.is_proof) {
      if (x.phase == phase::begins)
        absence.check(x.index);
      else
        absence.learn(x.index);
    } else if (x.phase == phase::begins) {
      presence.check(proofs[x.index]);
    } else {
      remembered.learn(proofs[x.index]);
      absence.expect(proofs[x.index].session);
    }
  }
}

} // namespace obol::testing::internal
