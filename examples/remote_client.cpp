// A login's life at nodes elsewhere: remote_client HOST:PORT...
//
// Which processes serve a store: docs/nodes.md. With certificates if
// OBOL_TLS_CERTIFICATE_FILE, OBOL_TLS_KEY_FILE and OBOL_TLS_CA_FILE are set.
#include <obol/error.hpp>
#include <obol/facade.hpp>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>

namespace {

using namespace std::chrono_literals;

std::string variable(const char* name) {
  auto value = std::getenv(name);
  return value ? value : "";
}

obol::session new_login() {
  obol::session result;
  result.id = "remote-" + std::to_string(std::time(nullptr));
  result.user_id = "anna";
  result.created_at = result.refreshed_at = std::time(nullptr);
  result.refresh_expires_at = result.created_at + 3600;
  return result;
}

// What became of an upsert, also where its node was lost on the way and no
// other could tell in time.
caf::expected<obol::session> store_surely(obol::facade& nodes,
                                          const obol::session& x) {
  auto stored = nodes.upsert(x);
  auto token = stored ? std::nullopt : obol::token_of(stored.error());
  if (!token)
    return stored;
  auto outcome = nodes.resolve(*token, 10s);
  if (!outcome)
    return outcome.error();
  if (*outcome != obol::resolution::applied)
    return stored.error();
  auto result = x;
  ++result.lock_version;
  return result;
}

caf::error live(obol::facade& nodes) {
  auto stored = store_surely(nodes, new_login());
  if (!stored)
    return stored.error();
  std::cout << "logged in, lock version " << stored->lock_version << '\n';

  auto refreshed = nodes.update_with(stored->key(), [](obol::session& x) {
    x.refreshed_at = std::time(nullptr);
    x.refresh_expires_at = x.refreshed_at + 3600;
  });
  if (!refreshed)
    return refreshed.error();
  std::cout << "refreshed, lock version " << refreshed->lock_version << '\n';

  if (auto removed = nodes.remove(stored->key()); !removed)
    return removed.error();
  std::cout << "logged out\n";
  return {};
}

} // namespace

int main(int argc, char** argv) {
  auto fail = [](const caf::error& error) {
    std::cerr << obol::describe(error) << '\n';
    return 1;
  };
  obol::remote_options settings;
  for (int i = 1; i < argc; ++i) {
    auto node = obol::parse_node_address(argv[i]);
    if (!node)
      return fail(node.error());
    settings.nodes.push_back(*node);
  }
  settings.tls = {variable("OBOL_TLS_CERTIFICATE_FILE"),
                  variable("OBOL_TLS_KEY_FILE"), variable("OBOL_TLS_CA_FILE")};
  auto nodes = obol::facade::connect(settings,
                                     obol::make_stderr_log(obol::log_level::error));
  if (!nodes)
    return fail(nodes.error());
  if (auto ready = nodes->wait_ready(5s); !ready)
    return fail(ready.error());
  if (auto error = live(*nodes))
    return fail(error);
  return 0;
}
