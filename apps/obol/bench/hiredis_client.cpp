#include "bench/hiredis_client.hpp"

#include "obol/error.hpp"

#include <utility>

namespace obol::bench {

namespace {

constexpr std::uint64_t key_step = 611'953;

} // namespace

hiredis_client::hiredis_client(const options& settings, const dataset& data,
                               const hiredis_plan& plan, std::uint64_t number)
  : link_(settings), data_(data), plan_(plan), sealer_(data.make_sealer()),
    // Connections do not follow each other through the same sessions.
    next_(number * 7'919),
    mine_(data.fresh(dataset::own_numbers(plan.load, number))) {
  mine_.lock_version = 1;
  sealed_ = seal();
}

void hiredis_client::send(steady::time_point since) {
  request_due due{since, {}};
  if (plan_.reads) {
    // A large step: neighbours were stored together and lie together.
    due.key = data_.key(next_ * key_step % data_.size().sessions);
    link_.append(data_.commands().get(due.key).bytes());
  } else if (plan_.with_payload_work) {
    link_.append(data_.upsert(mine_, seal(), next_).bytes());
    ++mine_.lock_version;
  } else {
    link_.append(data_.upsert(mine_, sealed_, next_).bytes());
    ++mine_.lock_version;
  }
  ++next_;
  due_.push_back(std::move(due));
}

hiredis_client::answered hiredis_client::take(const redisReply& reply) {
  auto due = std::move(due_.front());
  due_.pop_front();
  return {due.since, is_good(reply, due.key)};
}

std::string hiredis_client::seal() {
  auto result = sealer_.seal(mine_);
  if (!result)
    throw bench_failure{describe(result.error())};
  return std::move(*result);
}

bool hiredis_client::is_good(const redisReply& reply, const session_key& key) {
  if (reply.type != REDIS_REPLY_STRING)
    return false;
  if (!plan_.reads)
    return bytes_of(reply) == "OK";
  if (!plan_.with_payload_work)
    return true;
  session found;
  return !sealer_.open_for(key, bytes_of(reply), mine_.refreshed_at, found);
}

} // namespace obol::bench
