#include "cli/user_argument.hpp"

#include "cli/exit_code.hpp"
#include "obol/validation.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace obol::cli {

namespace {

bool looks_like_integer(const std::string& text) {
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit)
         && (text.front() != '0' || text.size() == 1);
}

caf::expected<user_id> integer_user(const std::string& text, bool is_guess) {
  std::int64_t number = 0;
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && rest == end && !text.empty())
    return user_id{number};
  if (is_guess)
    return usage_error("USER is a number of more than 64 bits; if the user id "
                       "is a string of digits, add --user-kind string");
  return usage_error("USER is not an integer of 64 bits, which --user-kind int "
                     "asks for");
}

caf::expected<user_id> read_user(const std::string& text,
                                 const std::string& kind) {
  if (kind == "string")
    return user_id{text};
  if (kind == "int")
    return integer_user(text, false);
  if (kind != "auto")
    return usage_error("--user-kind is '" + printable(kind)
                       + "'; allowed: int, string, auto");
  if (looks_like_integer(text))
    return integer_user(text, true);
  return user_id{text};
}

} // namespace

caf::expected<session_set> named_set(const arguments& args) {
  auto user
    = read_user(args.words.at(0), args.value_of("user-kind").value_or("auto"));
  if (!user)
    return std::move(user.error());
  session_set result{std::move(*user),
                     args.value_of("type").value_or(default_session_type)};
  if (auto error = validate(result))
    return error;
  return result;
}

} // namespace obol::cli
