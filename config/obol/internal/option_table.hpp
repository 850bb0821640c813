#pragma once

#include "obol/options.hpp"

#include <caf/error.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace obol::internal {

/// The server's URL: sets several fields.
struct url_value {};

/// Printable characters without spaces.
struct text_value {
  const std::string& (*get)(const options&);
  std::size_t min_size;
  std::size_t max_size;

  /// Characters that are refused besides.
  std::string_view forbidden = {};

  /// A path may hold any character but control characters.
  bool is_path = false;
};

struct count_value {
  const std::size_t& (*get)(const options&);
  std::size_t min;
  std::size_t max;

  /// Whether it is a number of bytes, with `KiB` and `MiB`.
  bool is_bytes = false;
};

struct duration_value {
  const options::duration& (*get)(const options&);
  options::duration min;
  options::duration max;

  /// What 0 means, where it is allowed below `min`.
  std::string_view zero = {};
};

/// `HOST:PORT`, as nodes have it.
struct address_value {
  const node_address& (*get)(const options&);

  /// Whether `off` is allowed: no host.
  bool can_be_off = false;
};

struct choice_value {
  /// In the order of the enumeration.
  std::span<const std::string_view> names;
  std::size_t (*get)(const options&);
  void (*set)(options&, std::size_t);
};

/// Comes from the environment or, by another option, from a file.
struct secret_value {
  bool (*is_set)(const options&);

  /// Whether the value keeps the rule.
  bool (*is_valid)(const options&);

  /// False if the text is not of the form that the rule states.
  bool (*set)(options&, std::string&& text);

  std::string_view rule;
};

/// Path of a file that holds a secret.
struct secret_file_value {
  /// The option whose value it holds.
  std::string_view target;
};

/// One option: everything that is known about it.
struct option_descriptor {
  /// As in the documentation and, nested at the dots, in the config file.
  std::string_view name;

  std::string_view meaning;

  std::variant<url_value, text_value, count_value, duration_value,
               address_value, choice_value, secret_value, secret_file_value>
    value;
};

/// All options, in the order of the documentation.
std::span<const option_descriptor> option_table();

/// Those of them that only `obol serve` needs.
std::span<const option_descriptor> serve_option_table();

/// The option of that name, or null.
const option_descriptor* find_option(std::string_view name);

/// The variable: `pool.size` is `OBOL_POOL_SIZE`.
std::string variable_of(const option_descriptor& x);

/// The flag: `pool.size` is `--pool-size`.
std::string flag_of(const option_descriptor& x);

/// What kind of value is expected, like `N` or `DURATION`.
std::string_view placeholder_of(const option_descriptor& x);

/// The values that are allowed, in words.
std::string range_of(const option_descriptor& x);

/// The value in text; `***` or `(not set)` for secrets.
std::string value_of(const option_descriptor& x, const options& from);

/// Whether a secret is involved: the value itself must not be shown.
bool is_secret(const option_descriptor& x);

/// Sets a text, count, duration or choice from text. The error
/// (`invalid_argument`) begins with `called`.
caf::error set_value(const option_descriptor& x, options& target,
                     std::string_view text, std::string_view called);

/// Checks the range. The error (`invalid_argument`) names option, value and
/// range.
caf::error check_value(const option_descriptor& x, const options& from);

} // namespace obol::internal
