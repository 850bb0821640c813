#include "obol/error.hpp"

#include <caf/message.hpp>
#include <caf/sec.hpp>

#include <array>

namespace obol {

namespace {

struct entry {
  ec code;
  std::string_view name;
};

constexpr std::array<entry, 11> entries{{
  {ec::conflict, "conflict"},
  {ec::gone, "gone"},
  {ec::session_expired, "session_expired"},
  {ec::unavailable, "unavailable"},
  {ec::overloaded, "overloaded"},
  {ec::deadline_exceeded, "deadline_exceeded"},
  {ec::shutting_down, "shutting_down"},
  {ec::outcome_unknown, "outcome_unknown"},
  {ec::refused, "refused"},
  {ec::misconfigured, "misconfigured"},
  {ec::invalid_argument, "invalid_argument"},
}};

constexpr bool entries_are_in_order() {
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (static_cast<std::size_t>(entries[i].code) != i + 1)
      return false;
  return true;
}

static_assert(entries_are_in_order());
static_assert(static_cast<std::size_t>(ec::invalid_argument) == entries.size());

} // namespace

std::string to_string(ec code) {
  auto index = static_cast<std::size_t>(code) - 1;
  return index < entries.size() ? std::string{entries[index].name} : "?";
}

std::optional<ec> code_of(const caf::error& error) {
  if (!error)
    return std::nullopt;
  if (error.category() == caf::atom("obol"))
    return static_cast<ec>(error.code());
  if (error.category() == caf::atom("system")) {
    switch (static_cast<caf::sec>(error.code())) {
      case caf::sec::request_receiver_down:
        return ec::shutting_down;
      case caf::sec::request_timeout:
        return ec::deadline_exceeded;
      default:
        return std::nullopt;
    }
  }
  // An actor that was killed answers with its exit reason.
  if (error.category() == caf::atom("exit"))
    return ec::shutting_down;
  return std::nullopt;
}

std::string describe(const caf::error& error) {
  if (!error)
    return "no error";
  auto code = code_of(error);
  auto result = code ? to_string(*code) : std::string{"internal error"};
  const auto& context = error.context();
  for (std::size_t i = 0; i < context.size(); ++i) {
    if (context.match_element<std::string>(i)) {
      result += ": ";
      result += context.get_as<std::string>(i);
      break;
    }
  }
  return result;
}

} // namespace obol
