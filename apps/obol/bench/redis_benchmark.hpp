#pragma once

#include "bench/dataset.hpp"
#include "bench/measurement.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace obol::bench {

/// The program redis-benchmark (or valkey-benchmark) as a yardstick: what it
/// brings out of the server with 10 connections. It neither makes nor reads
/// sessions: it sends one prepared command over and over.
class redis_benchmark {
public:
  redis_benchmark(std::string program, const options& settings)
    : program_(std::move(program)), settings_(settings) {
  }

  /// The one beside the server program, else one in PATH; empty if there is
  /// none. `server` may be empty.
  static std::optional<std::string> find(const std::string& server);

  /// Whether it can be told how to reach that server. Passwords do not belong
  /// in the arguments of a program, where everybody reads them.
  static bool can_reach(const options& settings);

  /// HGET of one session that is there, `pipeline` requests deep.
  measurement get(raw_link& link, const dataset& data, int pipeline,
                  std::chrono::nanoseconds time);

  /// FCALL upsert, with as many bytes as the store sends. Each call stores
  /// version 1 of a session of another user, since it cannot count versions:
  /// what workload `login` does. Beside workload `upsert` it compares this:
  /// the function reads a lock and a ring that are not there and makes a key,
  /// where a refresh reads, compares and replaces them.
  measurement upsert(raw_link& link, const dataset& data, int pipeline,
                     std::chrono::nanoseconds time);

private:
  /// What is sent, and how fast it went last: the program is told a number of
  /// requests, not a time.
  struct load {
    std::vector<std::string> command;
    double rate = 0;
  };

  measurement measure(raw_link& link, const std::string& name,
                      std::vector<std::string> command, int pipeline,
                      std::chrono::nanoseconds time);

  measurement run(raw_link& link, load& what, int pipeline, double requests);

  std::string program_;
  const options& settings_;
  std::map<std::string, load> loads_;
};

} // namespace obol::bench
