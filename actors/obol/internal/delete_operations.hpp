#pragma once

#include "obol/command.hpp"
#include "obol/internal/operation.hpp"
#include "obol/messages.hpp"
#include "obol/session_commands.hpp"

#include <memory>

namespace obol::internal {

/// Deletes are final and may be sent as often as needed.
class delete_operation : public operation {
public:
  /// Publishes `event` for `subject` when the server has confirmed it.
  delete_operation(command what, session_event_kind event, session_key subject,
                   instant deadline);

  const std::string& request() const final;

  verdict on_lost(bool may_be_sent, execution& how) final;

  caf::message give_up(bool may_be_sent, caf::error reason) final;

protected:
  verdict on_answer(reply& x, execution& how) override;

  command what_;

  /// Whether what is sent deletes, or only reads what to delete.
  bool deletes_ = true;

private:
  session_event_kind event_;
  session_key subject_;
  bool in_doubt_ = false;
};

/// Reads the set, then deletes those that were created before an instant: the
/// server cannot look into a signed session.
class revoke_before_operation final : public delete_operation {
public:
  revoke_before_operation(std::shared_ptr<const session_commands> commands,
                          session_set set, unix_seconds created_before,
                          instant deadline);

protected:
  verdict on_answer(reply& x, execution& how) override;

private:
  std::shared_ptr<const session_commands> commands_;
  session_set set_;
  unix_seconds created_before_;
};

} // namespace obol::internal
