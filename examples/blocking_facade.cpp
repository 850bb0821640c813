// A login's life in a program of threads: blocking_facade redis://HOST
#include <obol/error.hpp>
#include <obol/facade.hpp>
#include <obol/url.hpp>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>

namespace {

obol::session new_login() {
  obol::session result;
  result.id = "facade-" + std::to_string(std::time(nullptr));
  result.user_id = "anna";
  result.created_at = result.refreshed_at = std::time(nullptr);
  result.refresh_expires_at = result.created_at + 3600;
  return result;
}

caf::error live(obol::facade& store) {
  auto stored = store.upsert(new_login());
  if (!stored)
    return stored.error();
  std::cout << "logged in, lock version " << stored->lock_version << '\n';

  auto refreshed = store.update_with(stored->key(), [](obol::session& x) {
    x.refreshed_at = std::time(nullptr);
    x.refresh_expires_at = x.refreshed_at + 3600;
  });
  if (!refreshed)
    return refreshed.error();
  std::cout << "refreshed, lock version " << refreshed->lock_version << '\n';

  auto count = store.remove_all(stored->set());
  if (!count)
    return count.error();
  std::cout << "logged out everywhere\n";

  auto found = store.get(stored->key());
  if (!found)
    return found.error();
  std::cout << (*found ? "still there" : "no such session") << '\n';
  return {};
}

} // namespace

int main(int argc, char** argv) {
  auto variable = std::getenv("OBOL_REDIS");
  auto url = argc > 1 ? argv[1] : variable ? variable : "redis://localhost";
  auto fail = [](const caf::error& error) {
    std::cerr << obol::describe(error) << '\n';
    return 1;
  };
  obol::options settings;
  settings.base_secret = obol::secret{std::string{"only for this example"}};
  if (auto error = obol::apply_url(settings, url))
    return fail(error);
  auto store = obol::facade::open(std::move(settings));
  if (!store)
    return fail(store.error());
  if (auto ready = store->wait_ready(std::chrono::seconds{2}); !ready)
    return fail(ready.error());
  if (auto error = live(*store))
    return fail(error);
  return 0;
}
