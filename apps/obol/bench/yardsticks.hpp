#pragma once

#include "bench/cell.hpp"
#include "bench/redis_benchmark.hpp"

#include <optional>
#include <vector>

namespace obol::bench {

/// What obol is compared with, on the same server, with the same bytes, in the
/// same rounds. Lives as long as its cells are used.
class yardsticks {
public:
  explicit yardsticks(stage& on);

  /// Adds the cells for a workload; there are some for get, upsert and login.
  void add_cells(workload what, std::vector<cell>& to);

private:
  void add_hiredis(workload what, const char* who, std::size_t connections,
                   std::size_t depth, bool with_payload_work,
                   std::vector<cell>& to);
  void add_benchmark(workload what, int pipeline, std::vector<cell>& to);

  stage& on_;
  std::optional<redis_benchmark> program_;
};

/// Adds the ratios that the project holds itself to, as far as their cells
/// were measured.
void add_ratios(report& to);

} // namespace obol::bench
