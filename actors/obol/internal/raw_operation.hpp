#pragma once

#include "obol/internal/operation.hpp"
#include "obol/message_inspect.hpp"

#include <string>
#include <utility>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::reply)

namespace obol::internal {

/// A command whose reply, errors included, goes to the requester as it is. Not
/// sent again when it is lost.
class raw_operation final : public operation {
public:
  raw_operation(std::string request, instant deadline)
    : operation(deadline), request_(std::move(request)) {
  }

  caf::error put_request(std::string& out, execution&) override {
    out += request_;
    return {};
  }

  verdict on_reply(reply& x, execution&) override {
    return answer_with(make_answer(std::move(x)));
  }

  verdict on_lost(bool, execution&) override {
    return fail(ec::unavailable, "the connection broke");
  }

protected:
  verdict on_answer(reply& x, execution& how) override {
    return on_reply(x, how);
  }

private:
  std::string request_;
};

} // namespace obol::internal
