#pragma once

#include "obol/internal/make_operation.hpp"
#include "obol/internal/metric_labels.hpp"
#include "obol/internal/request_totals.hpp"

#include <caf/expected.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace obol::testing::internal {

/// What the clients asked of the stores and what they were told, to be compared
/// with what the stores counted.
class request_book {
public:
  using kind = obol::internal::request_kind;

  /// What a request is counted as; `none` for those that are not.
  template <class Request>
  static constexpr kind kind_of(const Request& x) {
    if constexpr (requires { obol::internal::kind_of(x); })
      return obol::internal::kind_of(x);
    else
      return kind::none;
  }

  void sent(kind what) {
    if (what != kind::none)
      ++sent_;
  }

  template <class Answer>
  void told(kind what, const caf::expected<Answer>& answer) {
    if (what != kind::none)
      ++told_[at(what)][at(outcome_of(answer))];
  }

  /// Whether the stores have counted each request once: as many as were sent,
  /// and none that was told otherwise. Clients that were killed were told
  /// nothing.
  bool agrees_with(const obol::internal::request_totals& counted) const {
    std::uint64_t all = 0;
    auto enough = true;
    for (std::size_t i = 0; i < told_.size(); ++i)
      for (std::size_t k = 0; k < told_[i].size(); ++k) {
        all += counted.kinds[i].outcomes[k];
        enough = enough && counted.kinds[i].outcomes[k] >= told_[i][k];
      }
    return enough && all == sent_;
  }

private:
  using outcome = obol::internal::request_outcome;

  template <class Enum>
  static std::size_t at(Enum x) {
    return static_cast<std::size_t>(x);
  }

  template <class Answer>
  static outcome outcome_of(const caf::expected<Answer>& answer) {
    if (!answer)
      return obol::internal::outcome_of(answer.error());
    if constexpr (std::is_same_v<Answer, get_answer>)
      if (!answer->session)
        return outcome::not_found;
    return outcome::ok;
  }

  std::uint64_t sent_ = 0;
  std::array<std::array<std::uint64_t, obol::internal::request_outcome_count>,
             obol::internal::request_kind_count>
    told_{};
};

} // namespace obol::testing::internal
