#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace obol::test {

/// What a process has of the machine.
struct process_usage {
  std::size_t memory_kib = 0;
  std::size_t sockets = 0;
  std::size_t threads = 0;
};

/// As the kernel shows it now; nothing if the process is gone.
process_usage usage_of(pid_t process);

/// What one process had in the course of a run.
class usage_record {
public:
  usage_record(std::string name, pid_t process);

  void sample();

  /// The middle of what was sampled in a quarter of the run, from 1: what comes
  /// and goes, such as a thread that connects, does not count.
  process_usage quarter(int which) const;

  /// Of the latest sample, for a table.
  std::string line() const;

  const std::string& name() const {
    return name_;
  }

private:
  std::string name_;
  pid_t process_;
  std::vector<process_usage> samples_;
};

} // namespace obol::test
