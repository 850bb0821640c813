#include "obol/testing/internal/server/compiled_library.hpp"

#include "obol/testing/internal/server/lua_host.hpp"

#include <algorithm>
#include <map>

namespace obol::testing::internal {

namespace {

/// How many libraries a thread remembers. Worlds use one or two, tests that
/// make libraries up may use many.
constexpr std::size_t max_remembered = 64;

/// What stands in the first line of a library.
struct metadata {
  std::string engine;
  std::string name;
  bool has_name = false;
};

/// Reads the first line of a library; answers the text of an error.
std::string read_metadata(std::string_view code, metadata& out) {
  if (!code.starts_with("#!"))
    return "ERR Missing library metadata";
  auto end = code.find('\n');
  if (end == std::string_view::npos)
    return "ERR Invalid library metadata";
  auto rest = code.substr(0, end);
  for (bool first = true; !rest.empty(); first = false) {
    auto word = rest.substr(0, rest.find_first_of(" \t\r"));
    rest.remove_prefix(word.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r"), rest.size()));
    if (first) {
      out.engine = word.substr(2);
      continue;
    }
    if (word.size() < 5 || !same_ignoring_case(word.substr(0, 5), "NAME="))
      return "ERR Invalid metadata value given: " + std::string{word};
    if (out.has_name)
      return "ERR Invalid metadata value, name argument was given multiple "
             "times";
    out.name = word.substr(5);
    out.has_name = true;
  }
  if (!out.has_name)
    return "ERR Library name was not given";
  if (!is_library_name(out.name))
    return "ERR Library names can only contain letters, numbers, or "
           "underscores(_) and must be at least one character long";
  if (!same_ignoring_case(out.engine, "LUA"))
    return "ERR Engine '" + out.engine + "' not found";
  return {};
}

using library = std::shared_ptr<const compiled_library>;

std::map<std::string, library>& remembered() {
  thread_local std::map<std::string, library> result;
  return result;
}

/// The code, and what else a compiled library depends on.
std::string key_of(server_kind kind, std::string_view code) {
  std::string result;
  result.reserve(code.size() + 1);
  result += static_cast<char>(kind);
  result += code;
  return result;
}

} // namespace

bool is_library_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_';
  });
}

const char* refusal_of_name(server_kind kind, std::string_view name,
                            const std::vector<library_function>& others) {
  if (!is_library_name(name))
    return kind == server_kind::valkey_9
             ? "ERR Function names can only contain letters, numbers, or "
               "underscores(_) and must be at least one character long"
             : "ERR Library names can only contain letters, numbers, or "
               "underscores(_) and must be at least one character long";
  auto is_same = [name](const library_function& x) { return x.name == name; };
  return std::any_of(others.begin(), others.end(), is_same)
           ? "ERR Function already exists in the library"
           : nullptr;
}

compiled_library::compiled_library() = default;

compiled_library::~compiled_library() = default;

std::string compiled_library::name_in(std::string_view code,
                                      std::string& error) {
  metadata head;
  error = read_metadata(code, head);
  return head.name;
}

library compiled_library::compile(server_kind kind, std::string_view code,
                                  std::string& error) {
  auto key = key_of(kind, code);
  auto found = remembered().find(key);
  if (found != remembered().end())
    return found->second;
  std::shared_ptr<compiled_library> result{new compiled_library};
  result->name_ = name_in(code, error);
  if (!error.empty())
    return nullptr;
  result->code_ = code;
  result->host_ = std::make_unique<lua_host>(kind);
  std::vector<library_function> all;
  error = result->host_->load(code.substr(code.find('\n')), all);
  for (auto& x : all) {
    auto* reason = refusal_of_name(kind, x.name, result->functions_);
    if (error.empty() && reason)
      error = reason;
    result->functions_.push_back(std::move(x));
  }
  if (error.empty() && result->functions_.empty())
    error = "ERR No functions registered";
  if (!error.empty())
    return nullptr;
  if (remembered().size() >= max_remembered)
    remembered().clear();
  remembered().emplace(std::move(key), result);
  return result;
}

void compiled_library::call(const library_function& function, execution& run,
                            function_state& state, command_words keys,
                            command_words arguments,
                            reply_writer& reply) const {
  host_->call(function, run, state, keys, arguments, reply);
}

} // namespace obol::testing::internal
