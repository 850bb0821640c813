#pragma once

#include "bench/hiredis_client.hpp"

#include <memory>
#include <thread>
#include <vector>

namespace obol::bench {

/// Starts it. The threads end with the run.
std::vector<std::jthread> start_hiredis(const options& settings,
                                        const dataset& data,
                                        std::shared_ptr<load_run> run,
                                        const hiredis_plan& plan);

} // namespace obol::bench
