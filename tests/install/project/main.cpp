#include <obol/error.hpp>
#include <obol/facade.hpp>

#include <iostream>

// Needs no server: the options are refused, and once right, the store waits.
int main() {
  auto refused = obol::facade::open(obol::options{});
  if (refused)
    return 1;
  std::cout << obol::describe(refused.error()) << '\n';

  obol::options settings;
  settings.endpoint.kind = obol::endpoint::kind::unix_socket;
  settings.endpoint.path = "/nonexistent/socket";
  settings.base_secret = obol::secret{std::string{"of this test"}};
  settings.log_level = obol::log_level::off;
  auto store = obol::facade::open(std::move(settings));
  if (!store)
    return 1;
  auto found = store->get({"id", 42});
  if (found)
    return 1;
  std::cout << obol::describe(found.error()) << '\n';
  return 0;
}
