#include "obol/testing/internal/runs/fleet.hpp"

#include "obol/internal/front_door.hpp"

#include <algorithm>
#include <utility>

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;

/// How long a message is under way, at most.
constexpr duration travel_time_max = 3ms;

/// How long a node is away, or stands still, at most. Longer than it takes
/// clients to notice.
constexpr duration absence_max = 3s;

remote_options client_settings(std::size_t nodes, random_stream& random) {
  remote_options result;
  for (std::size_t i = 0; i < nodes; ++i)
    result.nodes.push_back({"localhost", static_cast<std::uint16_t>(1000 + i)});
  using std::chrono::milliseconds;
  result.probe_interval = milliseconds{random.between(50, 500)};
  result.progress_timeout = milliseconds{random.between(100, 1000)};
  result.backoff_initial = milliseconds{random.between(10, 100)};
  result.backoff_max = milliseconds{random.between(200, 2000)};
  if (random.chance(200))
    result.max_in_flight = static_cast<std::size_t>(random.between(1, 8));
  return result;
}

} // namespace

fleet::fleet(world& where, const std::vector<store_actor>& stores,
             random_stream random)
  : world_(where), random_(random), stores_(stores),
    nodes_(std::make_shared<simulated_nodes>(
      where.system(),
      [this](std::uint64_t way, auto arrive) {
        carry(way, std::move(arrive));
      })),
    dead_(stores.size()), stalled_(stores.size()) {
  for (std::size_t i = 0; i < stores_.size(); ++i)
    open(i);
}

void fleet::open(std::size_t node) {
  gateway_limits limits;
  if (random_.chance(200))
    limits.max_in_flight_per_peer
      = static_cast<std::size_t>(random_.between(1, 8));
  auto& store = stores_[node];
  auto desk = std::make_shared<gateway_desk>(limits, random_.next());
  nodes_->open(port(node),
               spawn_gateway(world_.system(),
                             {store, obol::internal::context_of(store), desk}));
  dead_[node] = false;
}

void fleet::carry(std::uint64_t way, std::function<void()> arrive) {
  auto& last = last_arrival_[way];
  last = std::max(last, world_.now())
         + random_.between(duration{}, travel_time_max);
  world_.time.at(last, std::move(arrive));
}

std::vector<store_actor> fleet::connect(std::size_t clients,
                                        options::duration deadline) {
  std::vector<store_actor> result;
  for (std::size_t i = 0; i < clients; ++i) {
    auto settings = client_settings(stores_.size(), random_);
    settings.deadline = deadline;
    if (auto made = world_.connect_store(std::move(settings), nodes_))
      result.push_back(std::move(*made));
  }
  return result;
}

// -- what happens to nodes ----------------------------------------------------

void fleet::disturb(duration interval, instant until) {
  world_.time.after(random_.between(duration{}, 2 * interval),
                    [this, interval, until] {
                      if (calm_ || world_.now() >= until)
                        return;
                      strike();
                      disturb(interval, until);
                    });
}

void fleet::strike() {
  auto node = random_.below(stores_.size());
  if (dead_[node] || stalled_[node])
    return;
  auto absence = random_.between(duration{}, absence_max);
  if (random_.chance(500)) {
    ++deaths;
    dead_[node] = true;
    nodes_->kill(port(node));
    world_.time.after(absence, [this, node] {
      if (dead_[node])
        open(node);
    });
    return;
  }
  ++stalls;
  stalled_[node] = true;
  nodes_->stall(port(node), true);
  world_.time.after(absence, [this, node] {
    if (stalled_[node])
      nodes_->stall(port(node), false);
    stalled_[node] = false;
  });
}

void fleet::calm() {
  calm_ = true;
  for (std::size_t i = 0; i < stores_.size(); ++i) {
    if (dead_[i])
      open(i);
    if (stalled_[i]) {
      stalled_[i] = false;
      nodes_->stall(port(i), false);
    }
  }
}

} // namespace obol::testing::internal
