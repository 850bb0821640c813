#include <obol/error.hpp>
#include <obol/facade.hpp>
#include <obol/sources.hpp>

#include <ctime>
#include <iostream>

int main() {
  auto settings = obol::load_options({"", obol::process_environment(), {}});
  auto store = settings ? obol::facade::open(std::move(settings->options))
                        : settings.error();
  if (!store || !store->wait_ready(std::chrono::seconds{2}))
    return std::cerr << "set OBOL_REDIS and OBOL_BASE_SECRET\n", 1;
  obol::session login;
  login.id = "dGhlIGZpcnN0IGxvZ2lu";
  login.user_id = 42;
  login.created_at = login.refreshed_at = std::time(nullptr);
  login.refresh_expires_at = login.created_at + 3600;
  auto stored = store->upsert(login);
  auto found = store->get(login.key());
  std::cout << (stored && found && *found ? "logged in\n" : "not logged in\n");
  return store->remove(login.key()) ? 0 : 1;
}
