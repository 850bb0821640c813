#pragma once

#include "obol/internal/operation.hpp"
#include "obol/messages.hpp"

#include <string>
#include <vector>

namespace obol::internal {

/// Reads may be sent as often as needed.
class read_operation : public operation {
public:
  using operation::operation;

  verdict on_lost(bool may_be_sent, execution& how) final;
};

class get_operation final : public read_operation {
public:
  get_operation(session_key key, instant deadline);

  caf::error put_request(std::string& out, execution& how) override;

protected:
  verdict on_answer(reply& x, execution& how) override;

private:
  session_key key_;
};

class get_all_operation final : public read_operation {
public:
  get_all_operation(session_set set, instant deadline);

  caf::error put_request(std::string& out, execution& how) override;

protected:
  verdict on_answer(reply& x, execution& how) override;

private:
  session_set set_;
};

/// Asks what became of an upsert that ended in doubt.
class resolve_operation final : public read_operation {
public:
  resolve_operation(resolution_token token, instant deadline);

  caf::error put_request(std::string& out, execution& how) override;

protected:
  verdict on_answer(reply& x, execution& how) override;

private:
  resolution_token token_;
};

/// The authentic, live sessions among the fields and values of a set's hash,
/// in no particular order; the others are counted by reason.
std::vector<session> sessions_in(reply& fields_and_values,
                                 const session_set& set, execution& how);

} // namespace obol::internal
