#pragma once

#include "obol/command.hpp"
#include "obol/internal/operation.hpp"
#include "obol/internal/upsert_resolution.hpp"
#include "obol/messages.hpp"
#include "obol/session_commands.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace obol::internal {

/// Stores a session once, whatever becomes of connections and replies.
class upsert_operation final : public operation {
public:
  struct arguments {
    /// The session as it is to be stored.
    session next;
    /// Its sealed form.
    std::string stored;
    std::string operation_id;
    /// For how long from now copies may take effect.
    duration time_to_write{};
  };

  upsert_operation(std::shared_ptr<const session_commands> commands,
                   arguments what, const server_clock& clock, instant now,
                   instant deadline);

  const std::string& request() const override;

  verdict on_lost(bool may_be_sent, execution& how) override;

  caf::message give_up(bool may_be_sent, caf::error reason) override;

protected:
  verdict on_answer(reply& x, execution& how) override;

  verdict on_refusal(caf::error reason) override;

private:
  /// How the requester hears that nobody knows.
  caf::message doubt() const;

  /// Builds the command anew for the time that is left by the server's clock.
  void write_request(const server_clock& clock, instant now);

  verdict ask();

  verdict follow(upsert_resolution::verdict x, execution& how);

  verdict finish(upsert_resolution::verdict x, execution& how);

  std::shared_ptr<const session_commands> commands_;
  arguments what_;
  command request_;
  resolution_token token_;
  /// Until when copies may be sent, on our clock.
  instant write_until_{};
  bool asking_ = false;
  upsert_resolution resolution_;
};

} // namespace obol::internal
