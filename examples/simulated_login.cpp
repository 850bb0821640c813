// Tries a login flow of your own in simulated worlds, with named faults: the
// network loses replies, the server stalls and restarts. Needs no server.
#include <obol/error.hpp>
#include <obol/testing/simulation.hpp>

#include <cstdint>
#include <iostream>

namespace {

using namespace obol::testing;
using namespace std::chrono_literals;

/// The flow to be tried: log in, refresh, log out. Answers whether the store
/// ever said something that was not so.
bool told_lies(simulation& world, const obol::store_actor& store) {
  obol::session login;
  login.id = "simulated-login";
  login.user_id = 42;
  login.created_at = login.refreshed_at = world.unix_seconds();
  login.refresh_expires_at = login.created_at + 3600;
  auto stored = world.call(store, obol::upsert_request{login});
  if (!stored)
    return false; // An error is not a lie: the user sees "try again".

  world.run_for(1s);
  auto found = world.call(store, obol::get_request{login.key()});
  if (found && !found->session)
    return true; // It was stored, and nobody removed it.

  auto gone = world.call(store, obol::delete_request{login.key()});
  if (!gone)
    return false;
  auto late = world.call(store, obol::upsert_request{*stored});
  return late || obol::code_of(late.error()) == obol::ec::conflict;
}

} // namespace

int main() {
  std::uint64_t lost_replies = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    simulation world{{.seed = seed,
                      .faults = {fault::drop_reply_after_apply, fault::stall,
                                 fault::restart, fault::half_open}}};
    auto store = world.start_store();
    if (!store || !world.call(*store, obol::wait_ready_request{5s}))
      continue;
    if (told_lies(world, *store)) {
      std::cout << "seed " << seed << " lied:\n" << world.trace();
      return 1;
    }
    lost_replies += world.happened()[fault::drop_reply_after_apply];
  }
  std::cout << "200 worlds, " << lost_replies << " lost replies, no lie\n";
}
