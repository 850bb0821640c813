#include "bench/bench.hpp"

#include "bench/closed_cells.hpp"
#include "bench/growth.hpp"
#include "bench/idle.hpp"
#include "bench/open_cells.hpp"
#include "bench/plot.hpp"
#include "bench/process_usage.hpp"
#include "bench/processors.hpp"
#include "bench/remote/remote_cells.hpp"
#include "bench/server_time.hpp"
#include "bench/stage.hpp"
#include "bench/yardsticks.hpp"
#include "cli/connect.hpp"
#include "demo/own_settings.hpp"
#include "demo/private_server.hpp"

#include <csignal>
#include <utility>

namespace obol::bench {

namespace {

/// Empties the key prefix at the end, however that comes.
class tidy_end {
public:
  explicit tidy_end(stage& on) : on_(on) {
  }

  ~tidy_end() {
    try {
      on_.data.clear(on_.link);
    } catch (const bench_failure&) {
      // The server is lost, and was reported as lost.
    }
  }

private:
  stage& on_;
};

void introduce(stage& on, bool is_own_server) {
  auto& facts = on.out.facts;
  const auto& status = on.store.status();
  auto sealed = on.data.make_sealer().seal(on.data.fresh(0));
  facts.emplace_back("server",
                     status.server
                       + (is_own_server ? ", started for this" : ", as named"));
  facts.emplace_back("layout", status.layout);
  facts.emplace_back("stored session",
                     std::to_string(sealed ? sealed->size() : 0) + " bytes");
  facts.emplace_back("sessions", std::to_string(on.data.size().sessions));
  facts.emplace_back("connections",
                     std::to_string(on.store_options.pool.size) + " + "
                       + std::to_string(on.store_options.pool.max_overflow));
  facts.emplace_back("scheduler",
                     on.settings.scheduler);
  facts.emplace_back("processors",
                     on.settings.processors_apart
                       ? "1 for the server, "
                           + std::to_string(processors::usable())
                           + " for what is measured"
                       : std::to_string(processors::usable()) + ", shared");
  facts.emplace_back("rounds", std::to_string(on.settings.rounds));
  facts.emplace_back(
    "seconds",
    std::to_string(std::chrono::duration<double>(on.settings.time).count()));
}

void run_parts(stage& on, const remote_peers* peers) {
  if (on.settings.closed_loop) {
    run_closed_loops(on);
    add_ratios(on.out);
  }
  if (!on.settings.open_percents.empty())
    run_open_loops(on);
  if (on.settings.server_time)
    measure_server_time(on);
  if (on.settings.growth)
    measure_growth(on);
  if (peers)
    measure_remote(on, *peers);
  if (on.settings.idle.count() > 0)
    measure_idle(on);
}

cli::exit_code refuse_plot() {
  return cli::wrong_usage("--plot: the file cannot be written");
}

cli::exit_code play(const bench_settings& settings, const processors& cpus,
                    const options& store_options, const remote_peers* peers,
                    bool is_own_server) {
  auto store = bench_store::open(store_options.clone(), settings.scheduler);
  if (!store)
    return cli::report(store.error());
  report out;
  {
    dataset data{store_options, (*store)->kind(), settings.size};
    raw_link link{store_options};
    progress_line progress;
    stage on{settings, cpus, store_options, **store, data, link, out, progress};
    tidy_end end{on};
    introduce(on, is_own_server);
    data.load(link);
    run_parts(on, peers);
  }
  out.peak_memory_bytes = peak_memory();
  if (settings.json)
    print_json(out);
  else
    print_text(out);
  if (!settings.plot.empty() && !draw_plot(out, settings.plot))
    return refuse_plot();
  return out.violations.empty() ? cli::exit_code::done
                                : cli::exit_code::found_nothing;
}

} // namespace

cli::exit_code run(const cli::arguments& args) {
  auto settings = read_settings(args);
  if (!settings)
    return cli::report(settings.error());
  auto loaded = cli::settings_of(args);
  if (!loaded)
    return cli::report(loaded.error());
  if (settings->processors_apart && loaded->is_given("redis"))
    return cli::wrong_usage("--processors apart: the server of --redis runs "
                            "where others put it; leave one of the two out");
  // Not after an hour of measuring.
  if (!settings->plot.empty() && !draw_plot({}, settings->plot))
    return refuse_plot();
  auto store_options = std::move(loaded->options);
  demo::make_private(store_options, "obol_bench_");
  auto cpus
    = settings->processors_apart ? processors::apart() : processors::shared();
  std::unique_ptr<demo::private_server> own;
  if (!loaded->is_given("redis")) {
    cpus.go_to(processors::side::server);
    auto started = demo::private_server::start(settings->server);
    cpus.go_to(processors::side::measured);
    if (!started)
      return cli::report(started.error());
    own = std::move(*started);
    demo::use_server(store_options, *own);
    settings->server = own->program();
  }
  std::unique_ptr<remote_peers> peers;
  if (!settings->remote_clients.empty()) {
    auto started = remote_peers::start(store_options, settings->size);
    if (!started)
      return cli::report(started.error());
    peers = std::move(*started);
  }
  // hiredis writes to a server that may have gone: an error, not our end.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return play(*settings, cpus, store_options, peers.get(), own != nullptr);
  } catch (const bench_failure& why) {
    return cli::report(
      caf::make_error(ec::unavailable, std::string{why.what()}));
  }
}

} // namespace obol::bench
