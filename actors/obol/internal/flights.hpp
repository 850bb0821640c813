#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/flight.hpp"
#include "obol/internal/in_flight_queue.hpp"
#include "obol/internal/store_context.hpp"
#include "obol/internal/submission_queue.hpp"
#include "obol/stored_session.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace obol::internal {

/// The requests in flight on one connection, and what becomes of each: its
/// requester is answered, or it is handed back to the owner, which sends it
/// over another connection. Has no socket and no clock.
class flights {
public:
  flights() = default;

  /// `slot` is the owner's number for the connection; `kind` how stored
  /// sessions are read, `automatic` where none come.
  flights(store_context_ptr store, connection_owner owner, std::uint32_t slot,
          layout kind);

  // -- what happened ----------------------------------------------------------

  /// A new byte stream begins.
  /// @pre nothing is in flight
  void start_stream();

  /// These come next: what some of them have to sign is signed side by side.
  /// @returns how many it has seen to; 0 if none is left
  std::size_t prepare(submission_queue& coming);

  /// A request comes: its bytes are put behind `out`, which waits to be sent,
  /// unless it is too late or cannot be expressed; then it is answered.
  /// @returns whether it is in flight
  bool add(flight x, std::string& out, instant now);

  /// A probe of the connection's own, of so many bytes, was put there.
  void add_probe(std::size_t bytes, instant now);

  /// So many more bytes were handed to the socket.
  void on_written(std::size_t bytes);

  /// Replies came; they are those of the oldest.
  /// @returns why the connection is of no use any more, and those behind were
  ///          left alone; empty while it is
  caf::error on_replies(std::span<reply> replies, instant now);

  /// The reply that is due is larger than allowed. Its request would get the
  /// same over every connection, so it goes no further.
  void on_too_large(instant now);

  /// The byte stream broke: no further replies come.
  void on_lost(instant now);

  // -- outcomes ---------------------------------------------------------------

  /// Answers those whose deadline has come. Their replies are still due, so
  /// they keep their place.
  void answer_overdue(instant now);

  /// Answers all: they go no further.
  void give_up(const caf::error& reason, instant now);

  /// Gives one that goes elsewhere to the owner.
  void hand_back(flight x);

  /// Tells the requester, and the metrics.
  void answer(flight& x, answer_ptr what, instant now);

  // -- queries ----------------------------------------------------------------

  bool empty() const {
    return queue_.empty();
  }

  /// Since when the oldest has been in flight.
  std::optional<instant> oldest();

  /// The earliest of those who wait for an answer.
  std::optional<instant> next_deadline();

  /// How many operations were answered since this was last asked. Those that
  /// were handed back are checked in by the owner.
  std::uint32_t take_answered() {
    return std::exchange(answered_, 0);
  }

private:
  /// Puts the bytes of a request behind those that wait to be sent.
  caf::error put_request(std::string& out, operation& what, instant now);

  /// A reply of this text came; it is the oldest's.
  caf::error on_reply(reply& x, const signed_bytes& text, instant now);

  void follow(operation::verdict verdict, flight from, instant now);

  execution lend(instant now);

  store_context_ptr store_;
  connection_owner owner_;
  std::uint32_t slot_ = 0;
  std::optional<session_sealer> sealer_;
  std::optional<session_commands> commands_;
  in_flight_queue<flight> queue_;
  /// Of the replies that are being looked at.
  std::vector<signed_bytes> texts_;
  /// Of the requests that are being prepared.
  std::vector<std::string*> prepared_;
  std::uint32_t answered_ = 0;
  /// Where it counts, unless the requests are the store's own.
  store_metrics::lease counts_;
};

} // namespace obol::internal
