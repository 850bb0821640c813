#include "obol/function_library.hpp"

namespace obol {

// Defined by sources that the build writes from the Lua files.
namespace embedded {
std::string_view hash_field_expiry();
std::string_view three_set();
} // namespace embedded

namespace {

constexpr std::string_view name_prefix = "#!lua name=";

function_library make_library(std::string_view code) {
  const auto name
    = code.substr(name_prefix.size(), code.find('\n') - name_prefix.size());
  return {std::string{name}, std::string{code}};
}

} // namespace

std::string function_library::function(std::string_view short_name) const {
  std::string result;
  result.reserve(name.size() + 1 + short_name.size());
  return result.append(name).append(1, '_').append(short_name);
}

const function_library& library_for_hash_field_expiry() {
  static const auto library = make_library(embedded::hash_field_expiry());
  return library;
}

const function_library& library_for_three_set() {
  static const auto library = make_library(embedded::three_set());
  return library;
}

} // namespace obol
