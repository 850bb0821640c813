#pragma once

#include "obol/gateway.hpp"
#include "obol/testing/internal/random_stream.hpp"
#include "obol/testing/internal/simulated_nodes.hpp"
#include "obol/testing/internal/world.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace obol::testing::internal {

/// Nodes in front of the stores of a world, clients of these nodes, and what
/// happens to nodes: they die and start again, or stand still for a while.
class fleet {
public:
  /// One node for each store.
  fleet(world& where, const std::vector<store_actor>& stores,
        random_stream random);

  /// Connects so many clients to all nodes; each is a store. Calls that bring no
  /// timeout have `deadline`.
  std::vector<store_actor> connect(std::size_t clients,
                                   options::duration deadline);

  /// Lets things happen to nodes, about one every `interval`, until then.
  void disturb(duration interval, instant until);

  /// Every node is there, and moves.
  void calm();

  /// How often a node died, and stood still.
  std::uint64_t deaths = 0;
  std::uint64_t stalls = 0;

private:
  static std::uint16_t port(std::size_t node) {
    return static_cast<std::uint16_t>(1000 + node);
  }

  void open(std::size_t node);

  void strike();

  /// Lets something arrive on a way, behind what was sent there before.
  void carry(std::uint64_t way, std::function<void()> arrive);

  world& world_;
  random_stream random_;
  std::vector<store_actor> stores_;
  std::shared_ptr<simulated_nodes> nodes_;
  std::map<std::uint64_t, instant> last_arrival_;
  std::vector<bool> dead_;
  std::vector<bool> stalled_;
  bool calm_ = false;
};

} // namespace obol::testing::internal
