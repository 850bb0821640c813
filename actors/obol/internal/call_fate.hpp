#pragma once

#include "obol/error.hpp"
#include "obol/messages.hpp"

#include <caf/error.hpp>

#include <cstdint>
#include <optional>

namespace obol::internal {

/// What a request does, as far as it matters when its answer is lost.
enum class call_kind : std::uint8_t {
  /// Changes nothing.
  read,
  /// May be carried out twice.
  remove,
  /// May be carried out twice where copies are recognised.
  upsert,
};

/// Decides what becomes of a call that goes to one node after the other until
/// one has settled it. Does no I/O and has no clock.
class call_fate {
public:
  enum class action {
    /// The answer goes to the requester.
    deliver,
    /// Another node is to be asked; the answer is kept in case there is none.
    try_another,
  };

  explicit call_fate(call_kind kind) : kind_(kind) {
  }

  /// A node answered so; an empty error is success.
  action on_answer(const caf::error& failure);

  /// The node was lost after the request was sent to it. `recognises_copies`:
  /// whether another may be asked though it was an upsert.
  action on_lost(bool recognises_copies);

  /// It ended, by its deadline or because the client is closed. The requester
  /// is told `reason`, unless a copy may have taken effect, of which `token`
  /// would tell more.
  caf::error on_end(caf::error reason, bool may_be_sent,
                    std::optional<resolution_token> token);

  /// The same, because nobody is left to be asked.
  caf::error last_answer(std::optional<resolution_token> token);

  /// Whether it is answered when nobody is left to be asked: a node has refused
  /// it, and nodes that are lost or stopping cannot know more. Otherwise it
  /// waits for nodes to come back.
  bool ends_without_nodes() const {
    return refused_ && !in_doubt_;
  }

  /// Whether a copy may have taken effect.
  bool in_doubt() const {
    return in_doubt_;
  }

private:
  /// Whether an error says what became of the call, copies that are in doubt
  /// included.
  bool settles(std::optional<ec> code) const;

  call_kind kind_;
  bool in_doubt_ = false;
  bool refused_ = false;
  /// What the last node said that could not serve.
  caf::error last_refusal_;
};

} // namespace obol::internal
