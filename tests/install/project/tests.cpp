#include <obol/testing/simulation.hpp>

#include <iostream>

// As a user's own test would do it.
int main() {
  obol::testing::simulation world{{.seed = 7}};
  auto store = world.start_store();
  if (!store)
    return 1;
  world.call(*store, obol::wait_ready_request{std::chrono::seconds{5}});
  obol::session login;
  login.id = "an-id";
  login.user_id = 42;
  login.created_at = login.refreshed_at = world.unix_seconds();
  login.refresh_expires_at = login.created_at + 60;
  if (!world.call(*store, obol::upsert_request{login}))
    return 1;
  auto found = world.call(*store, obol::get_request{login.key()});
  if (!found || !found->session)
    return 1;
  std::cout << "found in a simulated world\n";
  return 0;
}
