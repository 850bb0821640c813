#include "obol/sources.hpp"

#include "obol/error.hpp"
#include "obol/internal/assignment.hpp"
#include "obol/internal/config_file.hpp"
#include "obol/internal/option_table.hpp"
#include "obol/internal/parse_value.hpp"
#include "obol/internal/read_file.hpp"
#include "obol/internal/secret_values.hpp"
#include "obol/url.hpp"

#include <algorithm>
#include <span>
#include <unistd.h>

namespace obol {

namespace {

using internal::assignment;
using internal::option_descriptor;
using internal::secret_file_value;
using internal::secret_value;
using internal::url_value;

using assignments = std::vector<assignment>;

/// Whether others can read what stands in a source.
enum class source_kind { config_file, environment, flags };

constexpr std::string_view variable_prefix = "OBOL_";
constexpr std::string_view config_variable = "OBOL_CONFIG";
constexpr std::string_view config_flag = "config";

caf::error invalid(std::string text) {
  return caf::make_error(ec::invalid_argument, std::move(text));
}

// -- what sources say ---------------------------------------------------------

bool is_foreign(std::string_view variable) {
  return !variable.starts_with(variable_prefix) || variable == config_variable
         || variable == "OBOL_CACHE_DIR" || variable.starts_with("OBOL_TEST_");
}

std::string_view without_dashes(std::string_view flag) {
  auto begin = flag.find_first_not_of('-');
  return begin == std::string_view::npos ? std::string_view{}
                                         : flag.substr(begin);
}

template <class Predicate>
const option_descriptor* find_if(Predicate predicate) {
  for (const auto& x : internal::option_table())
    if (predicate(x))
      return &x;
  return nullptr;
}

const option_descriptor* find_flag(std::string_view flag) {
  auto wanted = without_dashes(flag);
  return find_if([wanted](const option_descriptor& x) {
    return without_dashes(internal::flag_of(x)) == wanted;
  });
}

caf::expected<assignments> read_environment(const option_sources::pairs& list) {
  assignments result;
  for (const auto& [variable, value] : list) {
    if (is_foreign(variable))
      continue;
    auto option = find_if([&name = variable](const option_descriptor& x) {
      return internal::variable_of(x) == name;
    });
    if (!option)
      return invalid(internal::shown(variable)
                     + ": there is no variable of that name");
    result.push_back({option, variable, value});
  }
  return result;
}

caf::expected<assignments> read_flags(const option_sources::pairs& list) {
  assignments result;
  for (const auto& [flag, value] : list) {
    if (without_dashes(flag) == config_flag)
      continue;
    auto option = find_flag(flag);
    if (!option)
      return invalid(internal::shown(flag) + ": there is no flag of that name");
    result.push_back({option, internal::flag_of(*option), value});
  }
  return result;
}

std::string config_path(const option_sources& sources) {
  for (const auto& [flag, value] : sources.flags)
    if (without_dashes(flag) == config_flag)
      return value;
  if (!sources.config_file.empty())
    return sources.config_file;
  for (const auto& [variable, value] : sources.environment)
    if (variable == config_variable)
      return value;
  return {};
}

// -- taking them over ---------------------------------------------------------

caf::error set_secret(options& target, const assignment& x,
                      std::string&& text) {
  const auto& value = std::get<secret_value>(x.option->value);
  if (value.set(target, std::move(text)))
    return {};
  return invalid(x.called + ": allowed: " + std::string{value.rule});
}

/// A file made by an editor ends with a line end that nobody means.
void drop_line_end(std::string& text) {
  if (text.ends_with('\n'))
    text.pop_back();
  if (text.ends_with('\r'))
    text.pop_back();
}

caf::error set_secret_from_file(options& target, const assignment& x) {
  const auto& value = std::get<secret_file_value>(x.option->value);
  auto text
    = internal::read_file(x.called, x.text, internal::max_secret_file_size);
  if (!text)
    return std::move(text.error());
  drop_line_end(*text);
  if (text->empty())
    return invalid(x.called + ": the file " + internal::shown(x.text)
                   + " is empty");
  return set_secret(target, {internal::find_option(value.target), x.called, {}},
                    std::move(*text));
}

/// How to give a secret instead.
caf::error refuse_secret(const assignment& x) {
  auto name = std::string{x.option->name};
  return invalid(x.called
                 + ": a secret is not taken from here, where others can read "
                   "it; use "
                 + internal::variable_of(*x.option) + " or " + name + "_file");
}

caf::error apply_one(options& target, assignment& x, source_kind source) {
  const auto& value = x.option->value;
  if (std::holds_alternative<url_value>(value))
    return apply_url(target, x.text,
                     source == source_kind::environment
                       ? url_password::allowed
                       : url_password::refused);
  if (std::holds_alternative<secret_file_value>(value))
    return set_secret_from_file(target, x);
  if (!std::holds_alternative<secret_value>(value))
    return internal::set_value(*x.option, target, x.text, x.called);
  if (source != source_kind::environment)
    return refuse_secret(x);
  return set_secret(target, x, std::move(x.text));
}

/// The same error, saying where in a file the value stands.
caf::error at_its_place(caf::error error, const assignment& x) {
  auto text = describe(error);
  if (auto prefix = to_string(ec::invalid_argument) + ": ";
      text.starts_with(prefix))
    text.erase(0, prefix.size());
  if (x.place.empty() || text.starts_with(x.place))
    return error;
  return invalid(x.place + ": " + text);
}

/// Takes one value over. Ranges are checked at once where the line can be
/// named.
caf::error apply_checked(options& target, assignment& x, source_kind source) {
  auto error = apply_one(target, x, source);
  if (!error && !x.place.empty())
    error = internal::check_value(*x.option, target);
  return error ? at_its_place(std::move(error), x) : caf::error{};
}

/// One source must not give a secret and a file with it: which is meant?
caf::error check_ambiguity(const assignments& list) {
  for (const auto& x : list) {
    auto file = std::get_if<secret_file_value>(&x.option->value);
    if (!file)
      continue;
    for (const auto& y : list)
      if (y.option->name == file->target)
        return invalid(x.called + " and " + y.called
                       + " are both set; set one of them");
  }
  return {};
}

caf::error apply(loaded_options& target, assignments list, source_kind source) {
  if (source == source_kind::environment)
    if (auto error = check_ambiguity(list))
      return error;
  // A URL names many options at once, so what is named alone comes after it.
  std::stable_partition(list.begin(), list.end(), [](const assignment& x) {
    return std::holds_alternative<url_value>(x.option->value);
  });
  for (auto& x : list) {
    if (auto error = apply_checked(target.options, x, source))
      return error;
    auto file = std::get_if<secret_file_value>(&x.option->value);
    auto name = std::string{file ? file->target : x.option->name};
    if (!target.is_given(name))
      target.given.push_back(std::move(name));
  }
  return {};
}

/// Name, meaning and where it can be set, for one option.
std::string help_for(const option_descriptor& x, const options& defaults) {
  auto secret = internal::is_secret(x);
  auto result = "  "
                + (secret ? internal::variable_of(x)
                          : internal::flag_of(x) + ' '
                              + std::string{internal::placeholder_of(x)})
                + "\n      " + std::string{x.meaning};
  if (secret)
    return result + ": " + internal::range_of(x)
           + "\n      only from the environment or " + internal::flag_of(x)
           + "-file" + "\n";
  auto value = internal::value_of(x, defaults);
  result += "\n      " + internal::range_of(x);
  if (!value.empty())
    result += "; default: " + value;
  return result + "  [" + internal::variable_of(x) + "]\n";
}

std::string help_for(std::span<const option_descriptor> list) {
  std::string result;
  options defaults;
  for (const auto& x : list)
    result += help_for(x, defaults);
  return result;
}

} // namespace

bool loaded_options::is_given(std::string_view name) const {
  return std::find(given.begin(), given.end(), name) != given.end();
}

caf::expected<loaded_options> load_options(const option_sources& sources) {
  loaded_options result;
  if (auto path = config_path(sources); !path.empty()) {
    auto list = internal::read_config_file(path);
    if (!list)
      return std::move(list.error());
    if (auto error = apply(result, std::move(*list), source_kind::config_file))
      return error;
  }
  auto variables = read_environment(sources.environment);
  if (!variables)
    return std::move(variables.error());
  if (auto error
      = apply(result, std::move(*variables), source_kind::environment))
    return error;
  auto flags = read_flags(sources.flags);
  if (!flags)
    return std::move(flags.error());
  if (auto error = apply(result, std::move(*flags), source_kind::flags))
    return error;
  return result;
}

option_sources::pairs process_environment() {
  option_sources::pairs result;
  for (auto entry = environ; entry && *entry; ++entry) {
    std::string_view text{*entry};
    auto equals = text.find('=');
    if (text.starts_with(variable_prefix) && equals != std::string_view::npos)
      result.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

bool is_option_flag(std::string_view flag) {
  return without_dashes(flag) == config_flag || find_flag(flag) != nullptr;
}

std::string options_help() {
  std::string result
    = "  --config FILE\n      a JSON file with any of these options, nested at "
      "the dots\n      [OBOL_CONFIG]\n";
  return result + help_for(internal::option_table());
}

std::string serve_options_help() {
  return help_for(internal::serve_option_table());
}

} // namespace obol
