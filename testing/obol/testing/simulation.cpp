#include "obol/testing/simulation.hpp"

#include "obol/testing/internal/world.hpp"

namespace obol::testing {

namespace {

internal::server_kind kind_of(server_model x) {
  switch (x) {
    case server_model::redis_7:
      return internal::server_kind::redis_7;
    case server_model::redis_8:
      return internal::server_kind::redis_8;
    case server_model::valkey_9:
      break;
  }
  return internal::server_kind::valkey_9;
}

internal::world_settings settings_of(const simulation_options& x) {
  internal::world_settings result;
  result.seed = x.seed;
  result.server = kind_of(x.server);
  result.trace_lines = x.trace_lines;
  return result;
}

} // namespace

options test_options() {
  options result;
  result.pool.size = 2;
  result.pool.max_overflow = 1;
  result.signing_key = secret{std::string(signing_key_size, 'k')};
  return result;
}

struct simulation::implementation {
  explicit implementation(const simulation_options& x)
    : world(settings_of(x)), client(world.make_client()), began(world.now()) {
    world.faults.keep_injecting(x.faults, x.fault_interval,
                                internal::instant::max());
  }

  internal::world world;
  caf::actor client;
  internal::instant began;
};

simulation::simulation(simulation_options settings)
  : impl_(std::make_unique<implementation>(settings)) {
}

simulation::~simulation() {
  impl_->client = nullptr;
  impl_->world.faults.calm();
}

caf::expected<store_actor> simulation::start_store(options settings) {
  return impl_->world.spawn_store(std::move(settings));
}

void simulation::run_for(duration time) {
  impl_->world.run_until(impl_->world.now() + time);
}

bool simulation::run_until(const std::function<bool()>& done, duration limit) {
  return impl_->world.run_until(done, impl_->world.now() + limit);
}

simulation::duration simulation::now() const {
  return impl_->world.now() - impl_->began;
}

obol::unix_seconds simulation::unix_seconds() const {
  return impl_->world.unix_seconds();
}

void simulation::inject(fault x, duration how_long) {
  impl_->world.faults.inject(x, how_long);
}

void simulation::calm() {
  impl_->world.faults.calm();
}

const fault_counts& simulation::happened() const {
  return impl_->world.counts;
}

std::string simulation::trace() const {
  return impl_->world.trace.text();
}

const std::vector<std::string>& simulation::log() const {
  return impl_->world.log();
}

caf::actor_system& simulation::system() {
  return impl_->world.system();
}

void simulation::post(std::function<void(caf::event_based_actor*)> job) {
  impl_->world.post(impl_->client, std::move(job));
}

} // namespace obol::testing
