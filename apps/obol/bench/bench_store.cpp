#include "bench/bench_store.hpp"

#include "cli/connect.hpp"
#include "obol/spawn_store.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <utility>

namespace obol::bench {

struct bench_store::own_system {
  explicit own_system(const std::string& policy) {
    register_messages(config);
    config.set("scheduler.policy", caf::atom_from_string(policy));
  }

  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  store_actor store;
};

bench_store::bench_store() = default;

bench_store::~bench_store() {
  if (own_ && own_->store)
    caf::anon_send_exit(own_->store, caf::exit_reason::user_shutdown);
}

caf::expected<std::unique_ptr<bench_store>>
bench_store::open(options settings, const std::string& scheduler) {
  std::unique_ptr<bench_store> result{new bench_store};
  auto error = scheduler == "obol"
                 ? result->open_facade(std::move(settings))
                 : result->open_system(std::move(settings), scheduler);
  if (error)
    return error;
  return result;
}

const store_actor& bench_store::actor() const {
  return facade_ ? facade_->actor() : own_->store;
}

caf::actor_system& bench_store::system() const {
  return facade_ ? facade_->system() : *own_->system;
}

caf::error bench_store::open_facade(options settings) {
  auto opened = cli::open_store(std::move(settings));
  if (!opened)
    return opened.error();
  facade_ = std::make_unique<facade>(std::move(*opened));
  status_ = facade_->status();
  return {};
}

caf::error bench_store::open_system(options settings,
                                    const std::string& policy) {
  own_ = std::make_unique<own_system>(policy);
  own_->system = std::make_unique<caf::actor_system>(own_->config);
  auto spawned = spawn_store(*own_->system, std::move(settings));
  if (!spawned)
    return spawned.error();
  own_->store = std::move(*spawned);
  caf::error result;
  caf::scoped_actor self{*own_->system};
  // The store answers when its own deadline has passed.
  self->request(own_->store, caf::infinite, wait_ready_request{})
    .receive([&](store_status& x) { status_ = std::move(x); },
             [&](caf::error& why) { result = std::move(why); });
  return result;
}

} // namespace obol::bench
