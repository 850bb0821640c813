#include "obol/testing/history.hpp"

#include <cstdio>

namespace obol::testing {

namespace {

/// Seconds with six digits after the point.
std::string seconds(moment x) {
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%.6f",
                static_cast<double>(x.count()) / 1e9);
  return buffer;
}

std::string to_string(const std::vector<op_number>& chain) {
  std::string result = "[";
  for (auto x : chain) {
    if (result.size() > 1)
      result += ' ';
    result += std::to_string(x);
  }
  return result + ']';
}

std::string to_string(const sighting& x) {
  return "session " + std::to_string(x.session) + " version "
         + std::to_string(x.version) + ' ' + to_string(x.chain);
}

std::string request_text(const operation& x) {
  using kind = operation::kind;
  auto result = to_string(x.what);
  if (x.what == kind::remove_others)
    result += " but";
  if (x.session != 0)
    result += " session " + std::to_string(x.session);
  else if (x.set != 0)
    result += " set " + std::to_string(x.set);
  if (x.what == kind::upsert)
    result += " from version " + std::to_string(x.base);
  if (x.what == kind::resolve)
    result += " #" + std::to_string(x.subject);
  return result;
}

std::string answer_text(const operation& x) {
  if (x.answers == 0)
    return x.abandoned ? "abandoned" : "no answer";
  if (x.foreign_error)
    return "an error of another kind";
  if (x.error)
    return to_string(*x.error);
  if (x.removes())
    return std::to_string(x.count) + " removed";
  if (x.resolution)
    return to_string(*x.resolution);
  if (x.what == operation::kind::get && x.seen.empty())
    return "nothing";
  auto result
    = x.what == operation::kind::upsert ? std::string{"ok"} : std::string{};
  for (const auto& found : x.seen)
    result += (result.empty() ? "" : ", ") + to_string(found);
  return result.empty() ? "ok" : result;
}

} // namespace

std::string to_string(enum operation::kind x) {
  using kind = operation::kind;
  switch (x) {
    case kind::get:
      return "get";
    case kind::upsert:
      return "upsert";
    case kind::remove:
      return "remove";
    case kind::get_all:
      return "get_all";
    case kind::remove_all:
      return "remove_all";
    case kind::remove_others:
      return "remove_others";
    case kind::revoke_before:
      return "revoke_before";
    case kind::resolve:
      return "resolve";
    case kind::other:
      return "other";
  }
  return "?";
}

std::string to_string(const operation& x) {
  auto result = '#' + std::to_string(x.number) + " client "
                + std::to_string(x.client) + ' ' + seconds(x.invoked) + " - ";
  result += x.answers > 0 ? seconds(x.completed) : std::string{"?"};
  return result + ' ' + request_text(x) + ": " + answer_text(x);
}

} // namespace obol::testing
