#pragma once

#include "obol/testing/internal/checks/facts.hpp"

#include <cstdint>
#include <vector>

namespace obol::testing::internal {

/// Which requests may have removed a session.
class removals {
public:
  explicit removals(const facts& known);

  /// Whether a session that was there at `since` or later may have been removed
  /// by `until`.
  bool may_explain(std::uint32_t session, moment since, moment until) const;

  /// Whether a request that succeeded has removed a session that was there
  /// before it was invoked and had not expired.
  bool covers(op_index request, std::uint32_t session) const;

private:
  struct removal {
    /// A session or a set.
    std::uint32_t subject;
    moment invoked;
    op_index request;
    /// When it can have no effect any more.
    moment ends;
    /// The latest end of this and all before it.
    moment all_end;
  };

  void add(op_index request);
  static void arrange(std::vector<removal>& all);
  bool may_cover(op_index request, std::uint32_t session) const;
  bool any(const std::vector<removal>& all, std::uint32_t subject,
           std::uint32_t session, moment since, moment until) const;

  const facts& facts_;
  /// By session, then by when they were invoked.
  std::vector<removal> of_sessions_;
  /// The same by set.
  std::vector<removal> of_sets_;
};

} // namespace obol::testing::internal
