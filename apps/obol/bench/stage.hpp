#pragma once

#include "bench/bench_store.hpp"
#include "bench/dataset.hpp"
#include "bench/load_run.hpp"
#include "bench/processors.hpp"
#include "bench/progress_line.hpp"
#include "bench/raw_link.hpp"
#include "bench/report.hpp"
#include "bench/settings.hpp"

#include <cstdint>

namespace obol::bench {

/// What the parts of a benchmark work with.
struct stage {
  const bench_settings& settings;

  /// Who measures is on the measured side.
  const processors& cpus;

  /// Of the store, with the server's address.
  const options& store_options;

  bench_store& store;
  const dataset& data;

  /// To look after the server. The loads have connections of their own.
  raw_link& link;

  report& out;
  progress_line& progress;

  /// How many loads there were; see `dataset::own_numbers`.
  std::uint64_t loads = 0;

  std::uint64_t next_load() {
    return ++loads;
  }

  run_length length() const {
    return {settings.time / 5, settings.time};
  }
};

} // namespace obol::bench
