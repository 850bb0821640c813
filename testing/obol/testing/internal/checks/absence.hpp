#pragma once

#include "obol/testing/internal/checks/facts.hpp"
#include "obol/testing/internal/checks/knowledge.hpp"
#include "obol/testing/internal/checks/removals.hpp"
#include "obol/testing/internal/checks/report.hpp"

#include <cstdint>
#include <vector>

namespace obol::testing::internal {

/// Whether what is missing may be missing, and who removed what: R6 of absence,
/// R8.
class absence_check {
public:
  absence_check(const facts& known, memory& remembered, report& found);

  /// A session is known to be there.
  void expect(std::uint32_t session);

  /// To be called when memory holds what was known when the request was
  /// invoked.
  void check(op_index request);

  /// To be called when the request has been answered: memory learns what it
  /// removed, or found removed.
  void learn(op_index request);

private:
  enum class reason : std::uint8_t { none, expired, removed };

  void check_list(op_index reader);
  void check_absence(op_index reader, std::uint32_t session);
  void check_conflict(op_index upsert);
  void convict(op_index reader, const knowledge& known);
  bool is_over(std::uint32_t session, const operation& reader) const;
  reason explain(op_index reader, const knowledge& known) const;
  bool was_there(std::uint32_t session, op_index request) const;

  const facts& facts_;
  memory& memory_;
  report& report_;
  removals removals_;
  /// By set: sessions that were there and are not known to be over.
  std::vector<std::vector<std::uint32_t>> members_;
  std::vector<bool> is_member_;
  /// By session: the last `get_all` that showed it.
  std::vector<op_index> listed_by_;
  /// By request: sessions it did not find because they had been removed.
  std::vector<std::vector<std::uint32_t>> found_removed_;
};

} // namespace obol::testing::internal
