#include "support_actors/simulated_fleet.hpp"

#include "obol/internal/front_door.hpp"
#include "obol/remote_store.hpp"

#include <utility>

namespace obol::test {

remote_options simulated_fleet::client_options(std::size_t nodes) {
  remote_options result;
  for (std::size_t i = 0; i < nodes; ++i)
    result.nodes.push_back({"localhost", port(i)});
  return result;
}

simulated_fleet::simulated_fleet(std::size_t count, gateway_limits limits,
                                 options settings)
  : sim(std::move(settings)),
    nodes(std::make_shared<testing::internal::simulated_nodes>(
      sim.system(), [](std::uint64_t, auto arrive) { arrive(); })),
    limits_(limits), stores_(count), desks_(count), gateways_(count) {
}

simulated_fleet::~simulated_fleet() {
  sim.stop();
  // The client's calls are counted by its nodes, and some by two of them.
  sim.told.clear();
}

void simulated_fleet::start_node(std::size_t node) {
  stores_[node] = sim.start_another();
  desks_[node] = std::make_shared<gateway_desk>(limits_, node + 1);
  gateways_[node] = spawn_gateway(
    sim.system(),
    {stores_[node], internal::context_of(stores_[node]), desks_[node]});
  nodes->open(port(node), gateways_[node]);
}

void simulated_fleet::start_nodes() {
  for (std::size_t i = 0; i < stores_.size(); ++i)
    start_node(i);
  sim.run();
}

void simulated_fleet::start_client(remote_options settings) {
  auto world = sim.environment();
  auto made = internal::connect_store(sim.system(), std::move(settings),
                                      sim.sink(), nodes, world.clock,
                                      world.random);
  ASSERT_TRUE(made);
  sim.store = *made;
}

void simulated_fleet::start() {
  start_nodes();
  start_client(client_options(stores_.size()));
  sim.run();
  // The next tick sees that nodes are ready.
  sim.advance(std::chrono::milliseconds{20});
}

} // namespace obol::test
