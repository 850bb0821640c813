#pragma once

#include "obol/internal/operation.hpp"
#include "obol/messages.hpp"

#include <string>
#include <vector>

namespace obol::internal {

/// Deletes are final and may be sent as often as needed.
class delete_operation : public operation {
public:
  verdict on_lost(bool may_be_sent, execution& how) final;

  answer_ptr give_up(bool may_be_sent, caf::error reason) final;

protected:
  /// Publishes `event` for `subject` when the server has confirmed it.
  delete_operation(session_event_kind event, session_key subject,
                   instant deadline);

  verdict on_answer(reply& x, execution& how) override;

  const session_key& subject() const {
    return subject_;
  }

  /// Whether what is sent deletes, or only reads what to delete.
  bool deletes_ = true;

private:
  session_event_kind event_;
  session_key subject_;
  bool in_doubt_ = false;
};

class delete_one_operation final : public delete_operation {
public:
  delete_one_operation(session_key key, instant deadline);

  caf::error put_request(std::string& out, execution& how) override;
};

class delete_all_operation final : public delete_operation {
public:
  delete_all_operation(session_set set, instant deadline);

  caf::error put_request(std::string& out, execution& how) override;
};

class delete_others_operation final : public delete_operation {
public:
  delete_others_operation(session_key keep, instant deadline);

  caf::error put_request(std::string& out, execution& how) override;

private:
  session_key keep_;
};

/// Reads the set, then deletes those that were created before an instant: the
/// server cannot look into a signed session.
class revoke_before_operation final : public delete_operation {
public:
  revoke_before_operation(session_set set, unix_seconds created_before,
                          instant deadline);

  caf::error put_request(std::string& out, execution& how) override;

protected:
  verdict on_answer(reply& x, execution& how) override;

private:
  session_set set_;
  unix_seconds created_before_;
  /// What to delete, once that is known.
  std::vector<std::string> ids_;
};

} // namespace obol::internal
