#include "demo/demo.hpp"

#include "cli/connect.hpp"
#include "demo/demo_server.hpp"
#include "demo/narrator.hpp"
#include "demo/own_settings.hpp"
#include "demo/script.hpp"

#include <chrono>
#include <iostream>
#include <thread>
#include <utility>

namespace obol::demo {

namespace {

void introduce(facade& store, const options& settings, const demo_server* own) {
  auto status = store.status();
  narrator out;
  out.tell("server",
           status.server + (own ? ", embedded for this demo" : ", as named"));
  if (own)
    out.tell("program", cli::printable(own->program()));
  out.tell("layout", status.layout);
  out.tell("functions loaded", std::to_string(status.functions_loaded));
  out.tell("key prefix", settings.key_prefix);
  out.tell("connections", std::to_string(settings.pool.size) + ", and up to "
                            + std::to_string(settings.pool.max_overflow)
                            + " more under load");
  out.tell("processor threads",
           std::to_string(std::thread::hardware_concurrency())
             + ", shared with the server if it runs here");
}

cli::exit_code play(options settings, const demo_server* own) {
  auto store = cli::open_store(settings.clone());
  if (!store)
    return cli::report(store.error());
  introduce(*store, settings, own);
  narrator out;
  script steps{*store, out,
               own ? [own] { return own->flush_functions(); }
                   : std::function<bool()>{}};
  steps.play();
  steps.clean_up();
  if (out.all_expected()) {
    std::cout << "\nEvery step ended as it should.\n";
    return cli::exit_code::done;
  }
  std::cout << "\nNot every step ended as it should: see UNEXPECTED above.\n";
  return cli::exit_code::found_nothing;
}

} // namespace

cli::exit_code run(const cli::arguments& args) {
  auto loaded = cli::settings_of(args);
  if (!loaded)
    return cli::report(loaded.error());
  auto settings = std::move(loaded->options);
  make_private(settings, "obol_demo_");
  std::cout << "obol demo: the life of a login\n\n";
  if (loaded->is_given("redis"))
    return play(std::move(settings), nullptr);
  auto own = demo_server::start(settings.serve);
  if (!own)
    return cli::report(own.error());
  (*own)->use_in(settings);
  return play(std::move(settings), own->get());
}

} // namespace obol::demo
