#include "obol/command.hpp"

#include <algorithm>

namespace obol {

namespace {

// `*` or `$`, up to 20 digits and the line end.
constexpr std::size_t max_header_size = 23;

constexpr std::size_t line_end_size = 2;

char* write_line_end(char* out) {
  *out++ = '\r';
  *out++ = '\n';
  return out;
}

char* write_header(char* out, char type, std::size_t count) {
  *out++ = type;
  return write_line_end(
    std::to_chars(out, out + max_header_size - 3, count).ptr);
}

/// One allocation and one pass: this runs for every request.
std::string format(std::span<const command_argument> arguments) {
  auto size = max_header_size;
  for (const auto& argument : arguments)
    size += max_header_size + argument.bytes().size() + line_end_size;
  std::string result(size, '\0');
  auto out = write_header(result.data(), '*', arguments.size());
  for (const auto& argument : arguments) {
    auto bytes = argument.bytes();
    out = write_header(out, '$', bytes.size());
    out = write_line_end(std::copy(bytes.begin(), bytes.end(), out));
  }
  result.resize(static_cast<std::size_t>(out - result.data()));
  return result;
}

} // namespace

command::command(std::initializer_list<command_argument> arguments)
  : bytes_(format({arguments.begin(), arguments.size()})) {
}

command::command(std::span<const command_argument> arguments)
  : bytes_(format(arguments)) {
}

std::string to_string(const command& value) {
  return "command(" + std::to_string(value.bytes().size()) + " bytes)";
}

} // namespace obol
