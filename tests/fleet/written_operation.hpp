#pragma once

#include "obol/testing/history.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace obol::test {

/// An operation as a client process writes it down: sessions and users by name,
/// since numbers are given when the processes' histories become one. Moments
/// count from an instant that all processes share.
struct written_operation {
  struct named {
    std::string id;
    std::int64_t user = 0;
  };

  testing::operation what;

  named session;

  /// Those of `what.seen`, in order.
  std::vector<named> seen;
};

/// A file of them. Throws `std::runtime_error` if it cannot be written or read.
void write_operations(const std::filesystem::path& to,
                      const std::vector<written_operation>& list);
std::vector<written_operation>
read_operations(const std::filesystem::path& from);

/// One history of what several processes wrote, in the order in which it was
/// asked. The numbers of operations are unique already.
testing::history merge(std::vector<written_operation> all);

} // namespace obol::test
