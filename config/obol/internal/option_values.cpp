#include "obol/error.hpp"
#include "obol/internal/option_table.hpp"
#include "obol/internal/parse_value.hpp"

#include <algorithm>

namespace obol::internal {

namespace {

template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};

template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

/// The field that an accessor names, in an object that may be changed.
template <class T>
T& field(const T& (*get)(const options&), options& of) {
  return const_cast<T&>(get(of));
}

/// For an address: none.
constexpr std::string_view off = "off";

std::string join(std::span<const std::string_view> names) {
  std::string result;
  for (auto name : names) {
    if (!result.empty())
      result += ", ";
    result += name;
  }
  return result;
}

std::string number_text(const count_value& x, std::size_t value) {
  return x.is_bytes ? format_bytes(value) : std::to_string(value);
}

bool is_permitted(const text_value& rule, char c) {
  if (rule.is_path)
    return static_cast<unsigned char>(c) >= ' ' && c != '\x7f';
  return c > ' ' && c <= '~'
         && rule.forbidden.find(c) == std::string_view::npos;
}

bool is_within(const text_value& rule, const std::string& value) {
  return value.size() >= rule.min_size && value.size() <= rule.max_size
         && std::all_of(value.begin(), value.end(),
                        [&rule](char c) { return is_permitted(rule, c); });
}

bool is_within(const duration_value& rule, options::duration value) {
  if (value.count() == 0 && !rule.zero.empty())
    return true;
  return value >= rule.min && value <= rule.max;
}

bool is_in_range(const option_descriptor& x, const options& from) {
  return std::visit(
    overloaded{
      [](const url_value&) { return true; },
      [&](const text_value& v) { return is_within(v, v.get(from)); },
      [&](const count_value& v) {
        return v.get(from) >= v.min && v.get(from) <= v.max;
      },
      [&](const duration_value& v) { return is_within(v, v.get(from)); },
      [](const address_value&) { return true; },
      [&](const choice_value& v) { return v.get(from) < v.names.size(); },
      [&](const secret_value& v) { return v.is_valid(from); },
      [](const secret_file_value&) { return true; },
    },
    x.value);
}

std::string range_text(const text_value& v) {
  if (v.is_path)
    return "a path";
  auto result = std::to_string(v.min_size) + " to " + std::to_string(v.max_size)
                + " printable characters without spaces";
  if (!v.forbidden.empty())
    result += " or " + std::string{v.forbidden};
  return result;
}

std::string range_text(const duration_value& v) {
  auto result = format_duration(v.min) + " to " + format_duration(v.max);
  if (!v.zero.empty())
    result += ", or 0 for " + std::string{v.zero};
  return result;
}

std::string range_text(const address_value& v) {
  return std::string{"HOST:PORT, [ADDRESS]:PORT or HOST"}
         + (v.can_be_off ? ", or off" : "");
}

std::string address_text(const node_address& x) {
  return x.host.empty() ? std::string{off} : shown(to_string(x));
}

std::string endpoint_text(const endpoint& x) {
  if (x.kind == endpoint::kind::unix_socket)
    return "unix://" + shown(x.path);
  auto is_ipv6 = x.host.find(':') != std::string::npos;
  return (x.tls ? "rediss://" : "redis://")
         + (is_ipv6 ? "[" + shown(x.host) + "]" : shown(x.host)) + ":"
         + std::to_string(x.port);
}

std::string secret_text(const secret_value& v, const options& from) {
  return v.is_set(from) ? "***" : "(not set)";
}

bool set_address(const address_value& v, options& target,
                 std::string_view text) {
  if (v.can_be_off && text == off) {
    field(v.get, target) = {{}, 0};
    return true;
  }
  auto value = parse_node_address(text);
  if (value)
    field(v.get, target) = std::move(*value);
  return static_cast<bool>(value);
}

bool set_choice(const choice_value& v, options& target, std::string_view text) {
  auto found = std::find(v.names.begin(), v.names.end(), text);
  if (found == v.names.end())
    return false;
  v.set(target, static_cast<std::size_t>(found - v.names.begin()));
  return true;
}

template <class T>
bool assign(const T& (*get)(const options&), options& target,
            const std::optional<T>& value) {
  if (value)
    field(get, target) = *value;
  return value.has_value();
}

} // namespace

std::string_view placeholder_of(const option_descriptor& x) {
  return std::visit(
    overloaded{
      [](const url_value&) { return "URL"; },
      [](const text_value& v) { return v.is_path ? "PATH" : "TEXT"; },
      [](const count_value& v) { return v.is_bytes ? "BYTES" : "N"; },
      [](const duration_value&) { return "DURATION"; },
      [](const address_value&) { return "ADDRESS"; },
      [](const choice_value&) { return "NAME"; },
      [](const secret_value&) { return ""; },
      [](const secret_file_value&) { return "FILE"; },
    },
    x.value);
}

std::string range_of(const option_descriptor& x) {
  return std::visit(
    overloaded{
      [](const url_value&) {
        return std::string{"a URL like redis://host:6379/0"};
      },
      [](const text_value& v) { return range_text(v); },
      [](const count_value& v) {
        return number_text(v, v.min) + " to " + number_text(v, v.max);
      },
      [](const duration_value& v) { return range_text(v); },
      [](const address_value& v) { return range_text(v); },
      [](const choice_value& v) { return "one of " + join(v.names); },
      [](const secret_value& v) { return std::string{v.rule}; },
      [](const secret_file_value&) { return std::string{"a path"}; },
    },
    x.value);
}

std::string value_of(const option_descriptor& x, const options& from) {
  return std::visit(
    overloaded{
      [&](const url_value&) { return endpoint_text(from.endpoint); },
      [&](const text_value& v) { return shown(v.get(from)); },
      [&](const count_value& v) { return number_text(v, v.get(from)); },
      [&](const duration_value& v) { return format_duration(v.get(from)); },
      [&](const address_value& v) { return address_text(v.get(from)); },
      [&](const choice_value& v) {
        auto index = v.get(from);
        return std::string{index < v.names.size() ? v.names[index] : "?"};
      },
      [&](const secret_value& v) { return secret_text(v, from); },
      [](const secret_file_value&) { return std::string{}; },
    },
    x.value);
}

caf::error set_value(const option_descriptor& x, options& target,
                     std::string_view text, std::string_view called) {
  auto done = std::visit(
    overloaded{
      [](const url_value&) { return false; },
      [&](const text_value& v) {
        field(v.get, target) = std::string{text};
        return true;
      },
      [&](const count_value& v) {
        auto value = v.is_bytes ? parse_bytes(text) : parse_count(text);
        return assign(v.get, target, value);
      },
      [&](const duration_value& v) {
        return assign(v.get, target, parse_duration(text));
      },
      [&](const address_value& v) { return set_address(v, target, text); },
      [&](const choice_value& v) { return set_choice(v, target, text); },
      [](const secret_value&) { return false; },
      [](const secret_file_value&) { return false; },
    },
    x.value);
  if (done)
    return {};
  auto value = is_secret(x) ? std::string{"***"} : shown(text);
  auto form
    = std::holds_alternative<duration_value>(x.value)
        ? " is not a duration like 500ms, 2s or 30min"
      : std::holds_alternative<count_value>(x.value) ? " is not a whole number"
      : std::holds_alternative<address_value>(x.value) ? " is not an address"
                                                       : " is not known";
  return caf::make_error(ec::invalid_argument, std::string{called} + ": '"
                                                 + value + "'" + form
                                                 + "; allowed: " + range_of(x));
}

caf::error check_value(const option_descriptor& x, const options& from) {
  if (is_in_range(x, from))
    return {};
  auto value = value_of(x, from);
  return caf::make_error(ec::invalid_argument,
                         std::string{x.name} + " is '" + value
                           + "'; allowed: " + range_of(x));
}

} // namespace obol::internal
