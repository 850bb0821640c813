#pragma once

#include "obol/internal/flight.hpp"

#include <caf/actor_addr.hpp>
#include <caf/execution_unit.hpp>
#include <caf/fwd.hpp>
#include <caf/intrusive_ptr.hpp>
#include <caf/ref_counted.hpp>

#include <atomic>
#include <cstddef>
#include <optional>

namespace obol::internal {

/// Operations on their way to one connection. Whoever routes a request puts it
/// in, in any thread; the connection takes out all at once, and is told only of
/// the first that it has not taken: a message for each would cost more than to
/// write its bytes.
///
/// A stack that is linked through the operations themselves, and turned round
/// by whoever takes it, as in CAF's mailboxes.
class submission_queue final : public caf::ref_counted {
public:
  submission_queue() = default;

  ~submission_queue() override;

  /// Who takes out. Before the first operation is put in.
  void tell(caf::actor_addr who);

  /// Any thread; `host` is that thread's worker, if it is one.
  /// @returns whether it was taken in: not once this was closed, and then it is
  ///          as it was
  bool put(flight& x, caf::execution_unit* host);

  // -- for the connection -----------------------------------------------------

  /// Takes out what is there, for `next`.
  void take();

  /// Those that `next` will answer, at most so many, in their order.
  template <class Visitor>
  std::size_t look_ahead(std::size_t most, Visitor visit) {
    std::size_t count = 0;
    for (auto* x = oldest_; x && count < most; x = x->neighbour, ++count)
      visit(*x);
    return count;
  }

  /// The oldest of those that were taken, whose requester is from here on that
  /// actor's to answer; empty if none is left.
  std::optional<flight> next(caf::local_actor* self);

  /// Takes out what is there; no more comes.
  void close();

private:
  void take_from(operation* newest);

  caf::actor_addr who_;
  std::atomic<operation*> newest_{nullptr};

  /// Taken, and linked the other way round.
  operation* oldest_ = nullptr;
};

using submission_queue_ptr = caf::intrusive_ptr<submission_queue>;

} // namespace obol::internal
