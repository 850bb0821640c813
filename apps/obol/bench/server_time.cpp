#include "bench/server_time.hpp"

#include "bench/server_figures.hpp"
#include "obol/error.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace obol::bench {

namespace {

constexpr std::uint64_t sessions = 1'000;
constexpr double calls_per_second_of_cell = 20'000;

/// How many are sent before their replies are read.
constexpr std::uint64_t batch = 64;

/// Mean microseconds of a call: of first writes, and of later ones.
struct call_times {
  double login = 0;
  double refresh = 0;
};

/// Writes version after version of the sessions, in turn.
class writer {
public:
  writer(stage& on, write_guard guard)
    : link_(on.link), data_(on.data.guarded_by(guard)) {
    auto sealer = data_.make_sealer();
    auto begin = dataset::own_numbers(on.next_load(), 0);
    for (std::uint64_t i = 0; i < sessions; ++i)
      sessions_.push_back(data_.fresh(begin + i));
    auto sealed = sealer.seal(sessions_[0]);
    if (!sealed)
      throw bench_failure{describe(sealed.error())};
    sealed_ = std::move(*sealed);
  }

  /// Mean time of so many calls, as the server measured them.
  double write(std::uint64_t count) {
    auto before = command_figures(link_, "fcall");
    for (std::uint64_t done = 0; done < count; done += batch)
      write_batch(std::min(batch, count - done));
    auto after = command_figures(link_, "fcall");
    return (after.microseconds - before.microseconds)
           / (after.calls - before.calls);
  }

private:
  void write_batch(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      auto& x = sessions_[written_ % sessions];
      ++x.lock_version;
      link_.append(data_.upsert(x, sealed_, written_++).bytes());
    }
    for (std::uint64_t i = 0; i < count; ++i)
      if (bytes_of(*link_.next()) != "OK")
        throw bench_failure{"an upsert was not accepted"};
  }

  raw_link& link_;
  dataset data_;
  std::vector<session> sessions_;
  std::string sealed_;
  std::uint64_t written_ = 0;
};

call_times measure(stage& on, write_guard guard) {
  auto seconds = std::chrono::duration<double>(on.settings.time).count();
  auto count = static_cast<std::uint64_t>(calls_per_second_of_cell * seconds);
  writer work{on, guard};
  call_times result;
  result.login = work.write(sessions);
  result.refresh = work.write(std::max(sessions, count));
  return result;
}

} // namespace

void measure_server_time(stage& on) {
  figure_report ours{"server time of a refresh, exactly_once", "us", "", {}};
  figure_report charon{"server time of a refresh, charon", "us", "", {}};
  figure_report ratio{
    "server time of a refresh, exactly_once : charon", "", "<= 1.35", {}};
  figure_report logins{
    "server time of a login, exactly_once : charon", "", "", {}};
  for (std::uint64_t round = 0; round < on.settings.rounds; ++round) {
    on.progress.show("server time, round " + std::to_string(round + 1));
    // Whoever comes first alternates: the server's memory is warmer then.
    call_times x, y;
    if (round % 2 == 0)
      x = measure(on, write_guard::exactly_once);
    y = measure(on, write_guard::charon);
    if (round % 2 == 1)
      x = measure(on, write_guard::exactly_once);
    ours.rounds.push_back(x.refresh);
    charon.rounds.push_back(y.refresh);
    ratio.rounds.push_back(x.refresh / y.refresh);
    logins.rounds.push_back(x.login / y.login);
  }
  for (auto figure : {&ours, &charon, &ratio, &logins})
    on.out.figures.push_back(std::move(*figure));
  on.data.clear(on.link);
  on.data.load(on.link);
}

} // namespace obol::bench
