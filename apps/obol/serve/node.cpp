#include "serve/node.hpp"

#include "cli/exit_code.hpp"
#include "obol/error.hpp"
#include "obol/spawn_store.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <utility>

namespace obol::serve {

namespace {

constexpr const char* who = "obol.serve";

/// Longer than a start may take, so that only a defect lasts until here.
constexpr auto server_start_limit
  = servers::server_process::start_limit + std::chrono::seconds{5};

} // namespace

struct node::config : caf::actor_system_config {
  explicit config(const options& settings) {
    register_messages(*this);
    load_scheduler(*this, std::chrono::microseconds{settings.idle_spin_us});
  }
};

caf::expected<std::unique_ptr<node>> node::open(node_plan plan) {
  std::unique_ptr<node> result{new node{std::move(plan)}};
  if (auto error = result->start_server())
    return error;
  if (auto error = result->start_store())
    return error;
  result->start_herald();
  return result;
}

node::node(node_plan plan)
  : plan_(std::move(plan)), config_(std::make_unique<config>(plan_.settings)),
    system_(std::make_unique<caf::actor_system>(*config_)) {
}

node::~node() {
  drain();
}

void node::drain() {
  for (auto actor : {caf::actor_cast<caf::actor>(std::exchange(herald_, {})),
                     caf::actor_cast<caf::actor>(std::exchange(store_, {})),
                     caf::actor_cast<caf::actor>(std::exchange(server_, {}))})
    if (actor)
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  system_->await_all_actors_done();
}

caf::error node::start_server() {
  if (!plan_.server)
    return {};
  plan_.log(log_level::info, who,
            "an embedded server keeps its sessions in "
              + cli::printable(plan_.server->path()));
  server_ = plan_.server->spawn(*system_, plan_.log);
  caf::error failure;
  caf::scoped_actor self{*system_};
  self->request(server_, server_start_limit, wait_atom::value)
    .receive([](bool) {}, [&](caf::error& x) { failure = std::move(x); });
  return failure;
}

caf::error node::start_store() {
  auto store = spawn_store(*system_, plan_.settings.clone(), plan_.log);
  if (!store)
    return std::move(store.error());
  store_ = std::move(*store);
  return {};
}

void node::start_herald() {
  herald_arguments arguments;
  arguments.store = store_;
  arguments.tell
    = [socket = plan_.notify](const std::string& lines) { socket.send(lines); };
  arguments.watchdog = plan_.notify.watchdog();
  arguments.log = plan_.log;
  herald_ = system_->spawn(herald, std::move(arguments));
}

} // namespace obol::serve
