// Stores a login and reads it back, with actors: hello_session redis://HOST
#include <caf/scoped_actor.hpp>
#include <obol/error.hpp>
#include <obol/spawn_store.hpp>
#include <obol/url.hpp>

#include <ctime>
#include <iostream>

int main(int argc, char** argv) {
  auto variable = std::getenv("OBOL_REDIS");
  auto url = argc > 1 ? argv[1] : variable ? variable : "redis://localhost";
  int failures = 0;
  auto failed = [&failures](const caf::error& error) {
    std::cerr << obol::describe(error) << '\n';
    ++failures;
  };
  obol::options settings;
  settings.base_secret = obol::secret{std::string{"only for this example"}};
  if (auto error = obol::apply_url(settings, url))
    return failed(error), failures;

  caf::actor_system_config config;
  obol::register_messages(config);
  caf::actor_system system{config};
  auto store = obol::spawn_store(system, std::move(settings));
  if (!store)
    return failed(store.error()), failures;

  obol::session login;
  login.id = "hello-" + std::to_string(std::time(nullptr));
  login.user_id = 42;
  login.created_at = login.refreshed_at = std::time(nullptr);
  login.refresh_expires_at = login.created_at + 3600;

  caf::scoped_actor self{system};
  auto ask = [&](auto request, auto print) {
    self->request(*store, caf::infinite, request).receive(print, failed);
  };
  ask(obol::wait_ready_request{}, [](const obol::store_status& x) {
    std::cout << "ready: " << x.server << '\n';
  });
  ask(obol::upsert_request{login}, [](const obol::session& x) {
    std::cout << "stored, lock version " << x.lock_version << '\n';
  });
  ask(obol::get_request{login.key()}, [](const obol::get_answer& x) {
    std::cout << (x.session ? "found it again" : "it is lost") << '\n';
  });
  self->send_exit(*store, caf::exit_reason::user_shutdown);
  return failures;
}
