#include "bench/open_loop.hpp"
#include "obol/error.hpp"

#include <algorithm>
#include <ctime>
#include <poll.h>

namespace obol::bench {

namespace {

/// For replies, once all is sent, before looking again.
constexpr std::chrono::seconds patience{1};

/// Waits until the socket has something to read, at most until that time.
/// @returns whether it has
bool wait_readable(int socket, steady::time_point until) {
  auto left = std::max(until - steady::now(), steady::duration::zero());
  timespec time{};
  time.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(left).count();
  time.tv_nsec = (left % std::chrono::seconds{1}).count();
  pollfd one{socket, POLLIN, 0};
  return ::ppoll(&one, 1, &time, nullptr) > 0;
}

void receive(hiredis_client& who, load_run& run, steady::time_point from) {
  who.link().read();
  while (auto reply = who.link().next_read()) {
    auto answered = who.take(*reply);
    if (!answered.is_good)
      run.failed({});
    else if (answered.since >= from)
      run.count(steady::now() - answered.since);
  }
}

void play(hiredis_client& who, load_run& run, const open_schedule& when) {
  // From here on this thread wakes up in time.
  sleep_precisely_until(when.start);
  std::uint64_t sent = 0;
  while (sent < when.total || who.due() > 0) {
    auto due = when.due_until(steady::now());
    if (sent < due) {
      for (; sent < due; ++sent)
        who.send(when.due(sent));
      who.link().flush();
    }
    auto next
      = sent < when.total ? when.sending(sent) : steady::now() + patience;
    if (wait_readable(who.link().socket(), next))
      receive(who, run, when.due(when.warm_up));
  }
}

} // namespace

std::jthread start_open_hiredis(const options& settings, const dataset& data,
                                std::shared_ptr<load_run> run,
                                const hiredis_plan& plan,
                                const open_schedule& when) {
  auto who = std::make_shared<hiredis_client>(settings, data, plan, 0);
  return std::jthread{[who, run, when] {
    try {
      play(*who, *run, when);
    } catch (const bench_failure&) {
      run->failed(caf::make_error(ec::unavailable));
    }
    run->leave();
  }};
}

} // namespace obol::bench
