#include "bench/hiredis_load.hpp"

#include "obol/error.hpp"

#include <deque>
#include <string>
#include <utility>

namespace obol::bench {

namespace {

/// One connection and what is under way on it.
class hiredis_client {
public:
  hiredis_client(const options& settings, const dataset& data,
                 const hiredis_plan& plan, std::uint64_t number)
    : link_(settings), data_(data), plan_(plan), sealer_(data.make_sealer()),
      next_(number * 7'919),
      mine_(data.fresh(dataset::own_numbers(plan.load, number))) {
    mine_.lock_version = 1;
    sealed_ = seal();
  }

  void play(load_run& run) {
    for (std::size_t i = 0; i < plan_.depth; ++i)
      send();
    while (!run.is_over()) {
      receive(run);
      send();
    }
    while (!due_.empty())
      receive(run);
  }

private:
  struct due_reply {
    steady::time_point sent;
    session_key key;
  };

  std::string seal() {
    auto result = sealer_.seal(mine_);
    if (!result)
      throw bench_failure{describe(result.error())};
    return std::move(*result);
  }

  void send() {
    due_reply due{steady::now(), {}};
    if (plan_.reads) {
      due.key = data_.key(next_++ % data_.size().sessions);
      link_.append(data_.commands().get(due.key).bytes());
    } else {
      link_.append((plan_.with_payload_work
                      ? data_.upsert(mine_, seal(), next_)
                      : data_.upsert(mine_, sealed_, next_))
                     .bytes());
      ++next_;
      ++mine_.lock_version;
    }
    due_.push_back(std::move(due));
  }

  void receive(load_run& run) {
    auto reply = link_.next();
    auto due = std::move(due_.front());
    due_.pop_front();
    if (is_good(*reply, due.key))
      run.succeeded(steady::now() - due.sent);
    else
      run.failed({});
  }

  bool is_good(const redisReply& reply, const session_key& key) {
    if (reply.type != REDIS_REPLY_STRING)
      return false;
    if (!plan_.reads)
      return bytes_of(reply) == "OK";
    if (!plan_.with_payload_work)
      return true;
    auto opened = sealer_.open_for(key, bytes_of(reply), mine_.refreshed_at);
    return std::holds_alternative<session>(opened);
  }

  raw_link link_;
  const dataset& data_;
  const hiredis_plan plan_;
  session_sealer sealer_;
  std::uint64_t next_;
  session mine_;
  std::string sealed_;
  std::deque<due_reply> due_;
};

} // namespace

std::vector<std::jthread> start_hiredis(const options& settings,
                                        const dataset& data,
                                        std::shared_ptr<load_run> run,
                                        const hiredis_plan& plan) {
  std::vector<std::jthread> result;
  for (std::size_t i = 0; i < plan.connections; ++i) {
    auto who = std::make_shared<hiredis_client>(settings, data, plan, i);
    result.emplace_back([who, run] {
      try {
        who->play(*run);
      } catch (const bench_failure&) {
        // The server is lost: what is measured next says so, too.
        run->failed(caf::make_error(ec::unavailable));
        run->stop();
      }
      run->leave();
    });
  }
  return result;
}

} // namespace obol::bench
