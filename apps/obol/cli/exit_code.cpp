#include "cli/exit_code.hpp"

#include "obol/error.hpp"

#include <iostream>
#include <utility>

namespace obol::cli {

exit_code exit_code_of(const caf::error& error) {
  auto code = code_of(error);
  if (!code)
    return exit_code::unavailable;
  switch (*code) {
    case ec::conflict:
    case ec::gone:
    case ec::session_expired:
      return exit_code::conflict;
    case ec::unavailable:
    case ec::overloaded:
    case ec::deadline_exceeded:
    case ec::shutting_down:
    case ec::outcome_unknown:
    case ec::refused:
      return exit_code::unavailable;
    case ec::misconfigured:
    case ec::invalid_argument:
      break;
  }
  return exit_code::wrong_usage;
}

exit_code report(const caf::error& error) {
  // Who reads this gave the argument; the name of the class adds nothing.
  auto is_plain = code_of(error) == ec::invalid_argument;
  std::cerr << "obol: " << (is_plain ? reason_of(error) : describe(error))
            << '\n';
  return exit_code_of(error);
}

exit_code wrong_usage(const std::string& text) {
  return report(usage_error(text));
}

caf::error usage_error(std::string text) {
  return caf::make_error(ec::invalid_argument, std::move(text));
}

std::string reason_of(const caf::error& error) {
  auto result = describe(error);
  if (auto code = code_of(error))
    if (auto prefix = to_string(*code) + ": "; result.starts_with(prefix))
      result.erase(0, prefix.size());
  return result;
}

std::string printable(const std::string& bytes) {
  constexpr const char* digits = "0123456789abcdef";
  std::string result;
  for (auto byte : bytes) {
    auto value = static_cast<unsigned char>(byte);
    if (value >= ' ' && value <= '~') {
      result += byte;
    } else {
      result += "\\x";
      result += digits[value >> 4];
      result += digits[value & 15];
    }
  }
  return result;
}

} // namespace obol::cli
