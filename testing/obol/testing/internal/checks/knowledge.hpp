#pragma once

#include "obol/testing/internal/checks/facts.hpp"
#include "obol/testing/internal/checks/payloads.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace obol::testing::internal {

/// What is known of one session at some moment, from answers given before it.
struct knowledge {
  /// How many losses lie before all of this.
  std::size_t losses = 0;

  /// The proof of the highest version, the one given first, the one that began
  /// last, and the last to begin of those that are reads.
  const proof* highest = nullptr;
  const proof* first = nullptr;
  const proof* latest = nullptr;
  const proof* latest_read = nullptr;

  /// The last get to begin of those that found nothing.
  op_index nothing = no_op;

  /// The first request to have removed it.
  op_index removal = no_op;

  /// A request that found it removed, whoever did that.
  op_index absence = no_op;
};

/// What is known of all sessions, as a history goes on. Keeps two records: one
/// that begins afresh at every loss, to convict; and one that goes on, to count
/// what was lost.
class memory {
public:
  explicit memory(const facts& known)
    : facts_(known), since_loss_(std::size_t{known.last_session()} + 1) {
    if (!known.all().losses.empty())
      ever_.resize(since_loss_.size());
  }

  /// What is known with no loss from then until `until`; nothing if one lies in
  /// between.
  const knowledge* since_loss(std::uint32_t session, moment until) const;

  /// What is known whatever was lost; nothing if nothing ever was.
  const knowledge* ever(std::uint32_t session) const;

  /// What was known of it is lost, and counted.
  void forget(std::uint32_t session);

  void learn(const proof& x);

  void learn_nothing(std::uint32_t session, op_index request);

  void learn_removal(std::uint32_t session, op_index request);

  void learn_absence(std::uint32_t session, op_index request);

private:
  /// The record that begins afresh, if what began then still belongs to it.
  knowledge* record_of(std::uint32_t session, moment since);

  const facts& facts_;
  std::vector<knowledge> since_loss_;
  std::vector<knowledge> ever_;
};

} // namespace obol::testing::internal
