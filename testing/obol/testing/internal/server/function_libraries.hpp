#pragma once

#include "obol/testing/internal/server/server_kind.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace obol::testing::internal {

class compiled_library;
struct library_function;

/// The function libraries a server holds. A value that is cheap to copy: code,
/// and what it compiles to, are shared. It must stay in the thread that loaded
/// into it.
class function_libraries {
public:
  using library = std::shared_ptr<const compiled_library>;

  /// A function and the library it belongs to; `function` is null if there is
  /// no such function.
  struct found {
    const compiled_library* library = nullptr;
    const library_function* function = nullptr;
  };

  /// What a load came to: the name, or the text of an error reply.
  struct load_result {
    std::string name;
    std::string error;
  };

  /// FUNCTION LOAD, with the texts of that server.
  load_result load(server_kind kind, std::string_view code, bool replace);

  /// FUNCTION DELETE; answers whether the library was there.
  bool erase(std::string_view name);

  /// FUNCTION FLUSH.
  void clear() {
    libraries_.clear();
  }

  /// The function of that name, in whatever case it is written.
  found find(std::string_view function_name) const;

  bool contains(std::string_view name) const {
    return libraries_.find(name) != libraries_.end();
  }

  bool empty() const {
    return libraries_.empty();
  }

  /// Libraries by name.
  const std::map<std::string, library, std::less<>>& all() const {
    return libraries_;
  }

private:
  std::map<std::string, library, std::less<>> libraries_;
};

} // namespace obol::testing::internal
