#pragma once

#include "obol/testing/internal/checks/facts.hpp"
#include "obol/testing/internal/checks/knowledge.hpp"
#include "obol/testing/internal/checks/payloads.hpp"
#include "obol/testing/internal/checks/report.hpp"

#include <vector>

namespace obol::testing::internal {

/// Whether what is there may be there, given what was known before: A5, R6, R7,
/// R9.
class presence_check {
public:
  presence_check(const facts& known, memory& remembered, report& found)
    : facts_(known), memory_(remembered), report_(found),
      came_late_(known.size()) {
  }

  /// To be called when memory holds what was known when `x` began.
  void check(const proof& x);

private:
  bool is_impossible(const proof& x, const knowledge& known);
  bool comes_after_end(const proof& x, const knowledge& known);
  bool is_stale(const proof& x, const knowledge& known);
  bool is_new_login(const proof& x, op_index end) const;
  void check_late_writes(const proof& x, const knowledge& known);

  const facts& facts_;
  memory& memory_;
  report& report_;
  /// Upserts that are reported already.
  std::vector<bool> came_late_;
};

} // namespace obol::testing::internal
