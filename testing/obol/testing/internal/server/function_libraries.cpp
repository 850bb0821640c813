#include "obol/testing/internal/server/function_libraries.hpp"

#include "obol/testing/internal/server/compiled_library.hpp"

namespace obol::testing::internal {

namespace {

const library_function* function_in(const compiled_library& library,
                                    std::string_view name) {
  for (auto& x : library.functions())
    if (same_ignoring_case(x.name, name))
      return &x;
  return nullptr;
}

} // namespace

function_libraries::load_result function_libraries::load(server_kind kind,
                                                         std::string_view code,
                                                         bool replace) {
  load_result result;
  auto name = compiled_library::name_in(code, result.error);
  if (!result.error.empty())
    return result;
  if (!replace && contains(name)) {
    result.error = "ERR Library '" + name + "' already exists";
    return result;
  }
  auto compiled = compiled_library::compile(kind, code, result.error);
  if (!compiled)
    return result;
  for (auto& x : compiled->functions()) {
    auto other = find(x.name);
    if (other.library && other.library->name() != name) {
      result.error = "ERR Function " + x.name + " already exists";
      return result;
    }
  }
  libraries_.insert_or_assign(name, std::move(compiled));
  result.name = std::move(name);
  return result;
}

bool function_libraries::erase(std::string_view name) {
  auto place = libraries_.find(name);
  if (place == libraries_.end())
    return false;
  libraries_.erase(place);
  return true;
}

function_libraries::found
function_libraries::find(std::string_view function_name) const {
  for (auto& [name, owner] : libraries_)
    if (auto* function = function_in(*owner, function_name))
      return {owner.get(), function};
  return {};
}

} // namespace obol::testing::internal
