#pragma once

#include "obol/command.hpp"
#include "obol/internal/operation.hpp"
#include "obol/messages.hpp"

namespace obol::internal {

/// Reads may be sent as often as needed.
class read_operation : public operation {
public:
  read_operation(command what, instant deadline);

  const std::string& request() const final;

  verdict on_lost(bool may_be_sent, execution& how) final;

private:
  command what_;
};

class get_operation final : public read_operation {
public:
  get_operation(command what, session_key key, instant deadline);

protected:
  verdict on_answer(reply& x, execution& how) override;

private:
  session_key key_;
};

class get_all_operation final : public read_operation {
public:
  get_all_operation(command what, session_set set, instant deadline);

protected:
  verdict on_answer(reply& x, execution& how) override;

private:
  session_set set_;
};

/// Asks what became of an upsert that ended in doubt.
class resolve_operation final : public read_operation {
public:
  using read_operation::read_operation;

protected:
  verdict on_answer(reply& x, execution& how) override;
};

/// The authentic, live sessions among the fields and values of a set's hash,
/// in no particular order; the others are counted by reason.
std::vector<session> sessions_in(reply& fields_and_values,
                                 const session_set& set, execution& how);

} // namespace obol::internal
