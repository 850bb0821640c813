#pragma once

#include "bench/dataset.hpp"
#include "bench/witness.hpp"
#include "bench/workload.hpp"

#include <caf/error.hpp>

#include <cstdint>

namespace obol::bench {

/// What all clients of one load have in common.
struct play_rules {
  const dataset* data = nullptr;
  workload what = workload::get;

  /// Which load it is; see `dataset::own_numbers`.
  std::uint64_t load = 0;

  /// Where given: all clients refresh the same sessions, and each leaves a
  /// session alone whose past has become long.
  witness* observer = nullptr;
};

/// What became of an operation with an answer.
enum class progress { goes_on, done, failed };

/// Says what one client asks for next, whoever carries it there. Decides only;
/// sends nothing.
class player {
public:
  player(const play_rules& rules, std::uint64_t client);

  /// The first request of the next operation, or the next one of an operation
  /// that goes on.
  request next();

  progress take(get_answer& x);
  progress take(session& x);
  progress take(get_all_answer& x);
  progress take(const caf::error& why);

private:
  request begin();
  request read_any();
  request read_missing();
  request log_in();
  request read_mine();
  request store_mine();
  request list_any();

  void renew_mine();
  std::uint64_t random_below(std::uint64_t bound);

  template <class T>
  void tell_observer(const T& x);

  play_rules rules_;
  std::uint64_t client_;
  std::uint64_t random_;
  std::uint64_t next_own_;

  /// What the operation under way is; `mixed` chooses one each time.
  workload now_ = workload::get;

  /// The client's own session, as it was stored last.
  session mine_;

  /// A refresh has read it and goes on to store it.
  bool has_read_ = false;

  /// What the observer calls the request under way.
  std::uint32_t number_ = 0;
};

} // namespace obol::bench
