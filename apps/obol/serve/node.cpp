#include "serve/node.hpp"

#include "cli/exit_code.hpp"
#include "monitoring/serve_metrics.hpp"
#include "obol/error.hpp"
#include "obol/spawn_store.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <thread>
#include <utility>

namespace obol::serve {

namespace {

constexpr const char* who = "obol.serve";

/// How often the end of the last call under way is looked for.
constexpr std::chrono::milliseconds poll_interval{5};

/// What the network is given to send the last answers.
constexpr std::chrono::milliseconds farewell_time{100};

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
  auto settings = std::make_unique<config>(plan.settings);
  if (auto error
      = load_nodes(*settings, plan.settings.serve.node.tls, plan.log))
    return error;
  std::unique_ptr<node> result{new node{std::move(plan), std::move(settings)}};
  if (auto error = result->start())
    return error;
  return result;
}

node::node(node_plan plan, std::unique_ptr<config> settings)
  : plan_(std::move(plan)), config_(std::move(settings)),
    system_(std::make_unique<caf::actor_system>(*config_)) {
}

node::~node() {
  drain();
}

void node::drain() {
  is_draining_ = true;
  if (gateway_)
    finish_calls();
  gateway_.reset();
  endpoint_.reset();
  for (auto actor : {caf::actor_cast<caf::actor>(std::exchange(herald_, {})),
                     caf::actor_cast<caf::actor>(std::exchange(store_, {})),
                     caf::actor_cast<caf::actor>(std::exchange(server_, {}))})
    if (actor)
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  system_->await_all_actors_done();
}

/// Every call ends by its deadline, so this does too.
void node::finish_calls() {
  gateway_->drain();
  while (gateway_->in_flight() > 0)
    std::this_thread::sleep_for(poll_interval);
  std::this_thread::sleep_for(farewell_time);
}

caf::error node::start() {
  using step = caf::error (node::*)();
  for (step next : {&node::start_server, &node::start_store,
                    &node::start_metrics, &node::start_gateway})
    if (auto error = (this->*next)())
      return error;
  start_herald();
  return {};
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
  auto store
    = spawn_store(*system_, plan_.settings.clone(), plan_.log, counts_);
  if (!store)
    return std::move(store.error());
  store_ = std::move(*store);
  return {};
}

caf::error node::start_metrics() {
  const auto& where = plan_.settings.serve.metrics_listen;
  if (where.host.empty())
    return {};
  auto host = where.host == "localhost" ? "127.0.0.1" : where.host;
  auto endpoint = monitoring::serve_metrics(
    *system_,
    {store_, counts_,
     [this] {
       return std::string{is_draining_ ? "the node is stopping" : ""};
     }},
    {host, where.port});
  if (!endpoint)
    return caf::make_error(code_of(endpoint.error()).value_or(ec::unavailable),
                           "metrics_listen: "
                             + cli::reason_of(endpoint.error()));
  plan_.log(log_level::info, who,
            "metrics on " + to_string(node_address{host, endpoint->port()}));
  endpoint_ = std::move(*endpoint);
  return {};
}

caf::error node::start_gateway() {
  auto gateway
    = publish_gateway(*system_, store_, plan_.settings.serve.node, plan_.log);
  if (!gateway)
    return std::move(gateway.error());
  gateway_ = std::move(*gateway);
  return {};
}

void node::start_herald() {
  herald_arguments arguments;
  arguments.store = store_;
  arguments.tell
    = [socket = plan_.notify](const std::string& x) { return socket.send(x); };
  arguments.watchdog = plan_.notify.watchdog();
  arguments.log = plan_.log;
  herald_ = system_->spawn(herald, std::move(arguments));
}

} // namespace obol::serve
