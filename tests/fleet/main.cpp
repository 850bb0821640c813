// A client process of a fleet: load on nodes, written down for the checker.
//
//   obol_fleet_client FILE NAME=VALUE... ADDRESS...
//
// The settings are those of load_plan. Makes load until there is a file
// `end_mark`, and ends with 0 when every call was answered and FILE is written.

#include "obol/error.hpp"
#include "obol/facade.hpp"

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "fleet/load_client.hpp"
#include "fleet/operation_log.hpp"

namespace {

using namespace obol;
using namespace obol::test;

int fail(const caf::error& why) {
  std::cerr << describe(why) << '\n';
  return 1;
}

void play(facade& store, const load_plan& plan, operation_log& written) {
  std::vector<std::unique_ptr<load_client>> clients;
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < threads_per_process; ++i) {
    clients.push_back(std::make_unique<load_client>(store, plan, i, written));
    threads.emplace_back([client = clients.back().get()] { client->run(); });
  }
  for (auto& x : threads)
    x.join();
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  load_plan plan;
  remote_options settings;
  for (const std::string& word :
       std::vector<std::string>(argv + 2, argv + argc))
    if (!plan.take(word)) {
      auto address = parse_node_address(word);
      if (!address)
        return fail(address.error());
      settings.nodes.push_back(std::move(*address));
    }
  settings.deadline = plan.deadline;
  auto store = facade::connect(std::move(settings));
  if (!store)
    return fail(store.error());
  if (auto ready = store->wait_ready(std::chrono::seconds{10}); !ready)
    return fail(ready.error());
  operation_log written{argv[1]};
  play(*store, plan, written);
  written.finish();
}
