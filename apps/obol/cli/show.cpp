#include "cli/show.hpp"

#include "cli/time_text.hpp"
#include "obol/session_json.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <utility>

namespace obol::cli {

namespace {

constexpr std::size_t label_width = 20;

void line(const std::string& label, const std::string& value) {
  std::cout << label << std::string(label_width - label.size(), ' ') << value
            << '\n';
}

std::string end_of(const session& x) {
  return x.expires_at ? format_time(*x.expires_at) : "never";
}

std::string time_or_dash(unix_seconds x) {
  return x == 0 ? "-" : format_time(x);
}

/// The payload in JSON, or why it cannot be shown.
std::string payload_text(const session& x) {
  auto text = x.extra_payload.to_json();
  if (text)
    return *text;
  return "(" + std::to_string(x.extra_payload.etf().size())
         + " bytes of Erlang terms that JSON cannot say)";
}

std::string hidden_payload(const session& x) {
  if (x.extra_payload.empty())
    return "empty";
  return std::to_string(x.extra_payload.etf().size())
         + " bytes; --decode shows it";
}

void show_for_people(const session& x, const style& how) {
  line("id", printable(x.id));
  line("user_id", name_of(x.user_id));
  line("type", printable(x.type));
  line("created_at", format_time(x.created_at));
  line("refreshed_at", format_time(x.refreshed_at));
  line("refresh_expires_at", format_time(x.refresh_expires_at));
  line("expires_at", end_of(x));
  line("refresh_token_id", printable(x.refresh_token_id));
  line("tokens_fresh_from", time_or_dash(x.tokens_fresh_from));
  line("lock_version", std::to_string(x.lock_version));
  line("extra_payload", how.payload ? payload_text(x) : hidden_payload(x));
  std::cout << "Times are UTC.\n";
}

using row = std::array<std::string, 6>;

row row_of(const session& x) {
  return {printable(x.id),
          format_time(x.created_at),
          format_time(x.refreshed_at),
          format_time(x.refresh_expires_at),
          end_of(x),
          std::to_string(x.lock_version)};
}

void print_row(const row& cells, const std::array<std::size_t, 6>& widths) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    text += cells[i];
    if (i + 1 < cells.size())
      text += std::string(widths[i] - cells[i].size() + 2, ' ');
  }
  std::cout << text << '\n';
}

void show_table(const std::vector<session>& list, const style& how) {
  std::vector<row> rows{
    {"ID", "CREATED", "REFRESHED", "REFRESH UNTIL", "EXPIRES", "LOCK"}};
  for (const auto& x : list)
    rows.push_back(row_of(x));
  std::array<std::size_t, 6> widths{};
  for (const auto& cells : rows)
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], cells[i].size());
  print_row(rows.front(), widths);
  for (std::size_t i = 0; i < list.size(); ++i) {
    print_row(rows[i + 1], widths);
    if (how.payload)
      std::cout << "  " << payload_text(list[i]) << '\n';
  }
}

/// A payload that JSON cannot express fails the whole document: leaving it out
/// would look like an empty one.
caf::expected<std::string> json_of(const session& x, const style& how) {
  auto text = to_json_text(x, how.payload);
  if (!text && how.payload)
    return usage_error("--decode: a payload holds Erlang terms that JSON "
                       "cannot express; leave out --json or --decode");
  return text;
}

} // namespace

style::style(const arguments& args)
  : json(args.has("json")), quiet(args.has("quiet")),
    payload(args.has("decode")) {
}

exit_code show(const session& x, const style& how) {
  if (how.json) {
    auto text = json_of(x, how);
    if (!text)
      return report(text.error());
    std::cout << *text << '\n';
  } else if (!how.quiet) {
    show_for_people(x, how);
  }
  return exit_code::done;
}

exit_code show(const std::vector<session>& list, const style& how) {
  if (how.quiet)
    return exit_code::done;
  if (!how.json) {
    show_table(list, how);
    return exit_code::done;
  }
  std::string document;
  for (const auto& x : list) {
    auto text = json_of(x, how);
    if (!text)
      return report(text.error());
    document += document.empty() ? "[" : ",\n ";
    document += *text;
  }
  std::cout << (document.empty() ? "[" : document) << "]\n";
  return exit_code::done;
}

void say(const style& how, const std::string& line) {
  if (!how.json && !how.quiet)
    std::cout << line << '\n';
}

void say_json(const style& how, const std::string& document) {
  if (how.json)
    std::cout << document << '\n';
}

std::string name_of(const user_id& x) {
  auto text = printable(x.text());
  return x.is_string() ? '"' + text + '"' : text;
}

std::string name_of(const session_set& x) {
  return "user " + name_of(x.user_id) + ", type " + x.type;
}

} // namespace obol::cli
