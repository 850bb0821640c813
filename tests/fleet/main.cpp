// A client process of a fleet: load on nodes, written down for the checker.
//
//   obol_fleet_client BEGIN_NS BEGIN_SECONDS END_MARK PROCESS PROCESSES FILE
//                     ADDRESS...
//
// BEGIN_NS is on the steady clock, which all processes of a machine share.
// Makes load until there is a file END_MARK, and ends with 0 when every call
// was answered and FILE is written.

#include "obol/error.hpp"
#include "obol/facade.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "fleet/load_client.hpp"
#include "fleet/written_operation.hpp"

namespace {

using namespace obol;
using namespace obol::test;

constexpr int first_address = 7;

load_plan plan_of(char** words) {
  load_plan result;
  result.begin = load_plan::clock::time_point{
    std::chrono::nanoseconds{std::stoll(words[1])}};
  result.begin_seconds = std::stoll(words[2]);
  result.end_mark = words[3];
  result.process = static_cast<std::uint32_t>(std::stoul(words[4]));
  result.processes = static_cast<std::uint32_t>(std::stoul(words[5]));
  return result;
}

int fail(const caf::error& why) {
  std::cerr << describe(why) << '\n';
  return 1;
}

std::vector<written_operation> play(facade& store, const load_plan& plan) {
  std::vector<std::unique_ptr<load_client>> clients;
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < threads_per_process; ++i) {
    clients.push_back(std::make_unique<load_client>(store, plan, i));
    threads.emplace_back([client = clients.back().get()] { client->run(); });
  }
  for (auto& x : threads)
    x.join();
  std::vector<written_operation> result;
  for (auto& x : clients)
    result.insert(result.end(), x->written().begin(), x->written().end());
  return result;
}

} // namespace

int main(int argc, char** argv) {
  if (argc <= first_address)
    return 2;
  auto plan = plan_of(argv);
  remote_options settings;
  settings.deadline = plan.deadline;
  for (int i = first_address; i < argc; ++i) {
    auto address = parse_node_address(argv[i]);
    if (!address)
      return fail(address.error());
    settings.nodes.push_back(std::move(*address));
  }
  auto store = facade::connect(std::move(settings));
  if (!store)
    return fail(store.error());
  if (auto ready = store->wait_ready(std::chrono::seconds{10}); !ready)
    return fail(ready.error());
  write_operations(argv[6], play(*store, plan));
}
