#include "obol/internal/config_file.hpp"

#include "obol/error.hpp"
#include "obol/internal/config_lines.hpp"
#include "obol/internal/parse_value.hpp"
#include "obol/internal/read_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace obol::internal {

namespace {

using json = nlohmann::json;

caf::error invalid(const std::string& where, const std::string& text) {
  return caf::make_error(ec::invalid_argument, where + ": " + text);
}

std::size_t line_of(const std::string& text, std::size_t position) {
  auto end = std::min(position, text.size());
  return 1
         + static_cast<std::size_t>(
           std::count(text.begin(),
                      text.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
}

/// The parser's own text quotes the file, which may hold a misplaced secret.
caf::expected<json> parse(const std::string& where, const std::string& text) {
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    auto line = line_of(text, error.byte > 0 ? error.byte - 1 : 0);
    return invalid(where,
                   "line " + std::to_string(line) + " is not valid JSON");
  } catch (const json::exception&) {
    return invalid(where, "it is not valid JSON");
  }
}

/// Enough for any number with its exponent written out.
using number_buffer = std::array<char, 512>;

/// A number of seconds, with a point whatever the process's locale.
std::optional<std::string> seconds_text(const json& value) {
  if (value.is_number_unsigned())
    return std::to_string(value.get<std::uint64_t>());
  auto number = value.get<double>();
  if (!std::isfinite(number) || number < 0)
    return std::nullopt;
  number_buffer buffer;
  auto end = buffer.data() + buffer.size();
  auto [rest, failed]
    = std::to_chars(buffer.data(), end, number, std::chars_format::fixed);
  if (failed != std::errc{})
    return std::nullopt;
  return std::string{buffer.data(), rest};
}

/// The value as the other sources write it, if it is of the option's type.
std::optional<std::string> text_of(const option_descriptor& option,
                                   const json& value) {
  auto is_duration = std::holds_alternative<duration_value>(option.value);
  if (auto count = std::get_if<count_value>(&option.value)) {
    if (value.is_number_unsigned())
      return std::to_string(value.get<std::uint64_t>());
    if (!count->is_bytes)
      return std::nullopt;
  }
  if (is_duration && value.is_number())
    return seconds_text(value);
  if (value.is_string())
    return value.get<std::string>();
  return std::nullopt;
}

std::string expected_type(const option_descriptor& option) {
  if (auto count = std::get_if<count_value>(&option.value))
    return count->is_bytes ? "a whole number or a text like 256KiB"
                           : "a whole number";
  if (std::holds_alternative<duration_value>(option.value))
    return "a number of seconds or a text like 500ms";
  return "a text";
}

bool is_group(const std::string& name) {
  auto table = option_table();
  return std::any_of(table.begin(), table.end(), [&name](const auto& x) {
    return x.name.starts_with(name + ".");
  });
}

class reader {
public:
  reader(std::string where, config_lines lines)
    : where_(std::move(where)), lines_(std::move(lines)) {
  }

  /// Depth is bounded by that of the option names.
  caf::error read(const json& object, const std::string& prefix) {
    for (const auto& [key, value] : object.items()) {
      auto name = prefix + key;
      auto failed = value.is_object() && is_group(name)
                      ? read(value, name + ".")
                      : read_value(name, value);
      if (failed)
        return failed;
    }
    return {};
  }

  std::vector<assignment> take() {
    return std::move(assignments_);
  }

private:
  caf::error read_value(const std::string& name, const json& value) {
    auto place = where_ + ", line " + std::to_string(lines_[name]);
    auto called = place + ": " + shown(name);
    auto option = find_option(name);
    if (is_group(name))
      return invalid(called, "an object is expected");
    if (!option)
      return invalid(called, "there is no option of that name");
    auto text = text_of(*option, value);
    if (!text)
      return invalid(called, expected_type(*option)
                               + " is expected; allowed: " + range_of(*option));
    assignments_.push_back({option, called, std::move(*text), place});
    return {};
  }

  std::string where_;
  config_lines lines_;
  std::vector<assignment> assignments_;
};

} // namespace

caf::expected<std::vector<assignment>>
read_config_file(const std::string& path) {
  auto text = read_file("config", path, max_config_file_size);
  if (!text)
    return std::move(text.error());
  auto where = "config file " + shown(path);
  auto document = parse(where, *text);
  auto lines = document ? lines_of_keys(*text) : config_lines{};
  wipe(*text);
  if (!document)
    return std::move(document.error());
  if (!document->is_object())
    return invalid(where, "an object is expected");
  reader result{where, std::move(lines)};
  if (auto failed = result.read(*document, ""))
    return failed;
  return result.take();
}

} // namespace obol::internal
