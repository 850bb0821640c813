#include "obol/internal/read_operations.hpp"

#include "obol/internal/store_context.hpp"
#include "obol/internal/upsert_resolution.hpp"
#include "obol/keyspace.hpp"
#include "obol/message_inspect.hpp"

#include <utility>

namespace obol::internal {

namespace {

constexpr const char* foreign_reply
  = "the server's reply has another form than this command's";

} // namespace

operation::verdict read_operation::on_lost(bool, execution&) {
  return {step::send_again};
}

get_operation::get_operation(session_key key, instant deadline)
  : read_operation(deadline), key_(std::move(key)) {
}

caf::error get_operation::put_request(std::string& out, execution& how) {
  how.commands->put_get(out, key_);
  return {};
}

operation::verdict get_operation::on_answer(reply& x, execution& how) {
  if (x.is_nil())
    return answer_with(make_answer(get_answer{}));
  if (!x.is_bulk())
    return fail(ec::misconfigured, foreign_reply);
  auto now = how.store.server_time.seconds_at(how.now);
  // Where it is to be from the beginning: a session is long to move.
  auto answer = make_answer(get_answer{});
  auto& found = value_in<get_answer>(answer)->session;
  if (auto ignored
      = how.sealer->open_for(key_, how.text, now, found.emplace())) {
    found.reset();
    how.store.counters.count(*ignored);
  }
  return answer_with(std::move(answer));
}

get_all_operation::get_all_operation(session_set set, instant deadline)
  : read_operation(deadline), set_(std::move(set)) {
}

caf::error get_all_operation::put_request(std::string& out, execution& how) {
  out += how.commands->get_all(set_).bytes();
  return {};
}

operation::verdict get_all_operation::on_answer(reply& x, execution& how) {
  if (!x.is_array())
    return fail(ec::misconfigured, foreign_reply);
  get_all_answer result{sessions_in(x, set_, how)};
  return answer_with(make_answer(std::move(result)));
}

resolve_operation::resolve_operation(resolution_token token, instant deadline)
  : read_operation(deadline), token_(std::move(token)) {
}

caf::error resolve_operation::put_request(std::string& out, execution& how) {
  out += how.commands->resolve(token_).bytes();
  return {};
}

operation::verdict resolve_operation::on_answer(reply& x, execution& how) {
  auto parsed = parse_resolve_reply(x.text);
  if (!parsed)
    return fail(ec::misconfigured, foreign_reply);
  switch (*parsed) {
    case resolve_reply::pending:
      return {step::send_again_later};
    case resolve_reply::applied:
      return answer_with(make_answer(resolution::applied));
    case resolve_reply::not_applied:
      // What Charon's function writes leaves no trace, and has no deadline.
      return answer_with(
        make_answer(how.store.options.write_guard == write_guard::charon
                      ? resolution::unknown
                      : resolution::not_applied));
    case resolve_reply::unknown:
      break;
  }
  return answer_with(make_answer(resolution::unknown));
}

std::vector<session> sessions_in(reply& fields_and_values,
                                 const session_set& set, execution& how) {
  auto now = how.store.server_time.seconds_at(how.now);
  auto& elements = fields_and_values.elements;
  std::vector<signed_bytes> stored(elements.size() / 2);
  for (std::size_t i = 0; i < stored.size(); ++i)
    if (!is_lock_field(elements[2 * i].text))
      stored[i] = elements[2 * i + 1].text;
  how.sealer->check(stored);
  std::vector<session> result;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    auto& field = elements[2 * i].text;
    if (is_lock_field(field))
      continue;
    auto& found = result.emplace_back();
    if (auto ignored
        = how.sealer->open_for_set(set, field, stored[i], now, found)) {
      result.pop_back();
      how.store.counters.count(*ignored);
    }
  }
  return result;
}

} // namespace obol::internal
