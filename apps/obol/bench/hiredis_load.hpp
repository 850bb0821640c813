#pragma once

#include "bench/dataset.hpp"
#include "bench/load_run.hpp"

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace obol::bench {

/// What plain hiredis does.
struct hiredis_plan {
  /// HGET of the sessions that are there, else FCALL upsert: refreshes of one
  /// session, version after version, as a client of the workload `upsert`.
  bool reads = true;

  /// Connections, each with a thread of its own.
  std::size_t connections = 1;

  /// Requests under way on each: a reply makes room for the next one.
  std::size_t depth = 1;

  /// Whether each reply is verified and decoded, each upsert encoded and
  /// signed. Otherwise prepared bytes are sent and replies are dropped.
  bool with_payload_work = false;

  /// See `dataset::own_numbers`.
  std::uint64_t load = 0;
};

/// Starts it. The threads end with the run.
std::vector<std::jthread> start_hiredis(const options& settings,
                                        const dataset& data,
                                        std::shared_ptr<load_run> run,
                                        const hiredis_plan& plan);

} // namespace obol::bench
