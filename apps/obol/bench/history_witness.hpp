#pragma once

#include "bench/load_run.hpp"
#include "bench/witness.hpp"
#include "obol/testing/history.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace obol::bench {

/// Writes a history as obol::testing reads it: every session carries the
/// numbers of all upserts that wrote it in its payload.
class history_witness final : public witness {
public:
  /// `deadline` is what the store gives a request. Ends `run` once there are
  /// `operations_max`.
  history_witness(std::shared_ptr<load_run> run,
                  std::chrono::nanoseconds deadline,
                  std::size_t operations_max);

  std::uint32_t asked(std::uint64_t client, request& what) override;
  void answered(std::uint32_t number, const get_answer& x) override;
  void answered(std::uint32_t number, const session& x) override;
  void answered(std::uint32_t number, const get_all_answer& x) override;
  void failed(std::uint32_t number, const caf::error& why) override;

  /// What was written down; nothing is, after this.
  testing::history take();

private:
  using moment = testing::moment;

  // All of these hold the lock.
  moment now();
  moment calendar(unix_seconds x) const;
  std::uint32_t number_of(const std::string& id);
  std::uint32_t number_of(const user_id& x);
  void describe(testing::operation& x, request& what);
  void stamp(testing::operation& x, session& what);
  testing::sighting see(const session& x);
  testing::operation& close(std::uint32_t number);

  std::mutex mutex_;
  std::shared_ptr<load_run> run_;
  std::chrono::nanoseconds deadline_;
  std::size_t operations_max_;
  steady::time_point begin_ = steady::now();
  unix_seconds begin_seconds_;
  testing::unique_moments moments_;
  testing::history history_;
  std::unordered_map<std::string, std::uint32_t> sessions_;
  std::unordered_map<std::string, std::uint32_t> sets_;
};

} // namespace obol::bench
