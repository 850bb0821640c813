#pragma once

#include "obol/internal/operation.hpp"
#include "obol/internal/upsert_resolution.hpp"
#include "obol/messages.hpp"

#include <cstdint>
#include <string>

namespace obol::internal {

/// Stores a session once, whatever becomes of connections and replies.
class upsert_operation final : public operation {
public:
  struct arguments {
    /// The session as it is to be stored.
    session next;
    std::string operation_id;
    /// Until when copies may take effect.
    instant write_until{};
    write_guard guard = write_guard::exactly_once;
    /// The same on the server's clock, in milliseconds, where it was set by
    /// who made the copies; else 0.
    std::int64_t server_deadline = 0;
    /// A copy that went another way may have taken effect.
    bool in_doubt = false;
  };

  upsert_operation(arguments what, instant deadline);

  std::string* prepare(session_sealer& by) override;

  caf::error put_request(std::string& out, execution& how) override;

  verdict on_lost(bool may_be_sent, execution& how) override;

  answer_ptr give_up(bool may_be_sent, caf::error reason) override;

protected:
  verdict on_answer(reply& x, execution& how) override;

  verdict on_refusal(caf::error reason) override;

private:
  resolution_token token() const;

  /// How the requester hears that nobody knows.
  answer_ptr doubt() const;

  /// The server's clock, as it said when it was too late.
  static void note_time(std::int64_t server_ms, execution& how);

  /// Sets the time that is left by the server's clock.
  void stamp(execution& how);

  verdict ask();

  verdict follow(upsert_resolution::verdict x, execution& how);

  verdict finish(upsert_resolution::verdict x, execution& how);

  void publish(session_event_kind kind, execution& how) const;

  arguments what_;
  /// The sealed form; empty until it is prepared.
  std::string stored_;
  /// On the server's clock: milliseconds until when copies may take effect, and
  /// seconds when that was set.
  std::int64_t server_deadline_ = 0;
  unix_seconds stamped_at_ = 0;
  bool is_stamped_ = false;
  bool asking_ = false;
  upsert_resolution resolution_;
};

} // namespace obol::internal
