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

/// One line of text, without its end.
std::string to_line(const written_operation& x);

/// A file of such lines. Throws `std::runtime_error` if it cannot be read.
std::vector<written_operation>
read_operations(const std::filesystem::path& from);

/// One history of what several processes wrote, in the order in which it was
/// asked. The numbers of operations are unique already.
testing::history merge(std::vector<written_operation> all);

} // namespace obol::test
