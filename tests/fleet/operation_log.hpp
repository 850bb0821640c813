#pragma once

#include <filesystem>
#include <fstream>
#include <mutex>

#include "fleet/written_operation.hpp"

namespace obol::test {

/// A file of what a client process was told, written as it comes: a client that
/// runs for long needs no more memory than one that has just begun.
class operation_log {
public:
  explicit operation_log(const std::filesystem::path& to);

  /// From any thread.
  void add(const written_operation& x);

  /// Nothing more comes. Throws `std::runtime_error` if anything is missing.
  void finish();

private:
  std::mutex mutex_;
  std::ofstream file_;
};

} // namespace obol::test
