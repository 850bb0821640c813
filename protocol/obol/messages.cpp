#include "obol/messages.hpp"

#include "obol/error.hpp"
#include "obol/message_inspect.hpp"

#include <caf/message.hpp>

namespace obol {

std::optional<resolution_token> token_of(const caf::error& error) {
  if (code_of(error) != ec::outcome_unknown)
    return std::nullopt;
  const auto& context = error.context();
  for (std::size_t i = 0; i < context.size(); ++i)
    if (context.match_element<resolution_token>(i))
      return context.get_as<resolution_token>(i);
  return std::nullopt;
}

std::string to_string(resolution x) {
  switch (x) {
    case resolution::applied:
      return "applied";
    case resolution::not_applied:
      return "not_applied";
    case resolution::unknown:
      return "unknown";
  }
  return "?";
}

std::string to_string(session_event_kind x) {
  switch (x) {
    case session_event_kind::created:
      return "created";
    case session_event_kind::refreshed:
      return "refreshed";
    case session_event_kind::deleted:
      return "deleted";
    case session_event_kind::deleted_all:
      return "deleted_all";
    case session_event_kind::lock_conflict:
      return "lock_conflict";
  }
  return "?";
}

std::string to_string(pool_phase x) {
  switch (x) {
    case pool_phase::ready:
      return "ready";
    case pool_phase::overflow:
      return "overflow";
    case pool_phase::full:
      return "full";
    case pool_phase::not_ready:
      return "not_ready";
  }
  return "?";
}

} // namespace obol
