#pragma once

#include "obol/error.hpp"
#include "obol/internal/answer.hpp"
#include "obol/internal/clock.hpp"
#include "obol/internal/request_mark.hpp"
#include "obol/internal/requester.hpp"
#include "obol/reply.hpp"
#include "obol/session_commands.hpp"
#include "obol/signals.hpp"
#include "obol/stored_session.hpp"

#include <caf/error.hpp>
#include <caf/ref_counted.hpp>

#include <cstdint>
#include <string>

namespace obol::internal {

struct store_context;

/// What a connection lends an operation to write its request and to read the
/// reply with.
struct execution {
  store_context& store;
  /// Both empty on the registrar's connection.
  session_sealer* sealer;
  const session_commands* commands;
  instant now;
  /// The text of the reply, whose signature may have been checked.
  signed_bytes text;
};

/// One request on its way: the bytes to send, and what replies and losses mean
/// for it. Belongs to one actor at a time, which hands it on by message or
/// through a submission queue; connections and the pool carry it without
/// knowing what it is about.
class operation : public caf::ref_counted {
public:
  /// What is to happen next with the operation.
  enum class step {
    /// Deliver `answer`.
    answer,
    /// Send it once more, on any connection.
    send_again,
    /// The same, after `retry_delay`.
    send_again_later,
    /// The same, after the functions were loaded again.
    load_functions,
  };

  struct verdict {
    operation::step step = step::answer;
    answer_ptr answer;
    /// Whether the connection is of no use any more, for example because its
    /// server has become a replica.
    bool renew_connection = false;
  };

  /// How long an operation waits that the server turned away for now.
  static constexpr duration retry_delay = std::chrono::milliseconds{20};

  /// How often the functions are loaded again for one operation.
  static constexpr int max_function_loads = 2;

  explicit operation(instant deadline) : deadline_(deadline) {
  }

  /// Nobody holds it any more. If that is because an actor has ended that it
  /// was on its way to, it is answered, or counted if nobody waits.
  void request_deletion(bool decremented_rc) const noexcept override;

  /// When its requester must have been answered.
  instant deadline() const {
    return deadline_;
  }

  /// Prepares what is to be signed for the request, if anything is and nobody
  /// has: it waits for its signature then. To be called, if at all, before the
  /// request is put, which does it else.
  virtual std::string* prepare(session_sealer&) {
    return nullptr;
  }

  /// Puts the bytes to send behind `out`: the same for every copy unless a
  /// verdict changed them. Fails, with `out` as it was, if the request cannot
  /// be expressed.
  virtual caf::error put_request(std::string& out, execution& how) = 0;

  /// The server answered.
  virtual verdict on_reply(reply& x, execution& how);

  /// The connection broke before the server answered.
  virtual verdict on_lost(bool may_be_sent, execution& how) = 0;

  /// The deadline has come. Answers what the requester is told.
  answer_ptr on_deadline(bool may_be_sent);

  /// It goes no further. Answers what the requester is told: `reason`, unless
  /// a copy may have taken effect.
  virtual answer_ptr give_up(bool may_be_sent, caf::error reason);

  // -- for the pool -----------------------------------------------------------

  /// Came back from a connection: it waits for the next one, also while the
  /// pool turns away what is new.
  bool came_back = false;

  /// Then: from which slot. It holds its room there until the pool has it.
  std::uint32_t came_from = 0;

  /// Not to be sent before this.
  instant not_before{};

  /// Not to be sent before the functions are there.
  bool awaits_functions = false;

  // -- on the way -------------------------------------------------------------

  /// Who is to be answered, while it belongs to no actor that could.
  requester submitted_by;

  /// In a submission queue: the next in the list.
  operation* neighbour = nullptr;

  // -- for the metrics --------------------------------------------------------

  request_mark mark;

  /// Nobody waits for it: it ends here.
  void drop();

protected:
  static verdict answer_with(answer_ptr x);

  static verdict fail(ec code, std::string text);

  virtual verdict on_answer(reply& x, execution& how) = 0;

  /// The server will not carry it out, now or later.
  virtual verdict on_refusal(caf::error reason);

private:
  verdict on_error(const reply& x);

  void end_on_the_way();

  instant deadline_;
  int function_loads_ = 0;
  /// Why the server turned it away last.
  caf::error last_rejection_;
};

} // namespace obol::internal
