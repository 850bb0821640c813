// Many threads refresh one session at once, and exactly one of them does:
// concurrent_refresh redis://HOST
#include <obol/error.hpp>
#include <obol/facade.hpp>
#include <obol/url.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <thread>
#include <vector>

namespace {

constexpr int threads = 20;

obol::session new_login() {
  obol::session result;
  result.id = "concurrent-" + std::to_string(std::time(nullptr));
  result.user_id = 42;
  result.created_at = result.refreshed_at = std::time(nullptr);
  result.refresh_expires_at = result.created_at + 3600;
  return result;
}

/// Whether one refresh won and all others learnt that they lost.
bool race(obol::facade& store, const obol::session& login) {
  std::atomic<int> won{0}, lost{0}, failed{0};
  std::vector<std::thread> services;
  for (int i = 0; i < threads; ++i) {
    services.emplace_back([&] {
      auto stored = store.upsert(login);
      if (stored)
        ++won;
      else if (obol::code_of(stored.error()) == obol::ec::conflict)
        ++lost;
      else
        ++failed;
    });
  }
  for (auto& service : services)
    service.join();
  std::cout << won << " refreshed, " << lost << " conflict, " << failed
            << " failed\n";
  return won == 1 && lost == threads - 1;
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

  auto login = store->upsert(new_login());
  if (!login)
    return fail(login.error());
  auto is_right = race(*store, *login);
  if (auto removed = store->remove(login->key()); !removed)
    return fail(removed.error());
  return is_right ? 0 : 1;
}
