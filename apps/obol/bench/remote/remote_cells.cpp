#include "bench/remote/remote_cells.hpp"

#include "bench/cell.hpp"
#include "bench/closed_cells.hpp"
#include "bench/closed_loop.hpp"
#include "bench/remote/echo.hpp"
#include "cli/exit_code.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace obol::bench {

namespace {

constexpr std::chrono::seconds ready_timeout{10};

/// Somebody who answers gets from another process.
struct distant {
  const char* who;
  caf::actor_system* system;
  store_actor actor;
  const peer_process* process;
};

template <class T>
T must(caf::expected<T> x) {
  if (!x)
    throw bench_failure{cli::reason_of(x.error())};
  return std::move(*x);
}

facade connect_to(const peer_process& node, const node_tls& tls) {
  remote_options settings;
  settings.nodes = {{"127.0.0.1", node.port()}};
  settings.tls = tls;
  auto result = must(
    facade::connect(std::move(settings), make_stderr_log(log_level::warning)));
  must(result.wait_ready(ready_timeout));
  return result;
}

/// The cells of this part, and what other processes used for them.
class remote_part {
public:
  explicit remote_part(stage& on) : on_(on) {
  }

  void add_in_process(std::uint64_t clients) {
    auto& on = on_;
    add("actors", clients, [&on, clients] {
      return measure_actors(on, on.data, workload::get, clients, on.length());
    });
  }

  void add_distant(const distant& x, std::uint64_t clients) {
    // What the other process used for one operation, beside what we did.
    auto figure = std::make_shared<figure_report>();
    figure->name = name(x.who, clients) + ", processor time over there";
    figure->unit = "us";
    figures_.push_back(figure);
    add(x.who, clients,
        [this, x, clients, figure] { return measure(x, clients, *figure); });
  }

  void run() {
    run_rounds(on_, std::move(cells_));
    for (auto& x : figures_)
      on_.out.figures.push_back(*x);
  }

  static std::string name(const char* who, std::uint64_t clients) {
    return std::string{"get/"} + who + '/' + std::to_string(clients);
  }

private:
  void add(const char* who, std::uint64_t clients,
           std::function<measurement()> run) {
    cells_.push_back(
      {{name(who, clients), "get", who, static_cast<double>(clients), {}},
       std::move(run)});
  }

  measurement measure(const distant& x, std::uint64_t clients,
                      figure_report& figure) {
    auto run = std::make_shared<load_run>(clients);
    auto begin = steady::now();
    auto before = x.process->cpu_us();
    start_actors(*x.system, x.actor, run,
                 {&on_.data, workload::get, on_.next_load()}, clients);
    auto result = run->measure(on_.length(), on_.link);
    auto used = x.process->cpu_us() - before;
    auto time = std::chrono::duration<double>(steady::now() - begin).count();
    figure.rounds.push_back(used / time / result[metric::rate]);
    if (auto why = run->first_failure(); !why.empty())
      on_.out.notes.push_back(name(x.who, clients)
                              + ": an operation failed: " + why);
    return result;
  }

  stage& on_;
  std::vector<cell> cells_;
  std::vector<std::shared_ptr<figure_report>> figures_;
};

} // namespace

void measure_remote(stage& on, const remote_peers& peers) {
  auto tls = peers.identity.files();
  auto store = connect_to(*peers.node, {});
  auto store_tls = connect_to(*peers.node_tls, tls);
  auto echo = must(echo_client::connect(peers.echo->port(), {}));
  auto echo_tls = must(echo_client::connect(peers.echo_tls->port(), tls));
  const distant all[] = {
    {"echo", &echo->system(), echo->actor(), peers.echo.get()},
    {"remote", &store.system(), store.actor(), peers.node.get()},
    {"echo-tls", &echo_tls->system(), echo_tls->actor(), peers.echo_tls.get()},
    {"remote-tls", &store_tls.system(), store_tls.actor(),
     peers.node_tls.get()}};
  remote_part part{on};
  for (auto clients : on.settings.remote_clients) {
    part.add_in_process(clients);
    for (const auto& x : all)
      part.add_distant(x, clients);
  }
  part.run();
  for (auto clients : on.settings.remote_clients) {
    auto name
      = [clients](const char* who) { return remote_part::name(who, clients); };
    add_ratio(on.out, name("remote"), name("echo"), metric::rate, ">= 0.7");
    add_ratio(on.out, name("remote-tls"), name("echo-tls"), metric::rate,
              ">= 0.7");
    add_ratio(on.out, name("remote"), name("actors"), metric::rate, "");
    add_ratio(on.out, name("remote-tls"), name("actors"), metric::rate, "");
  }
}

} // namespace obol::bench
