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

} // namespace

// At most one allocation and one pass: this runs for every request.
void put_command(std::string& out,
                 std::span<const command_argument> arguments) {
  auto begin = out.size();
  auto size = begin + max_header_size;
  for (const auto& argument : arguments)
    size += max_header_size + argument.bytes().size() + line_end_size;
  out.resize(size);
  auto end = write_header(out.data() + begin, '*', arguments.size());
  for (const auto& argument : arguments) {
    auto bytes = argument.bytes();
    end = write_header(end, '$', bytes.size());
    end = write_line_end(std::copy(bytes.begin(), bytes.end(), end));
  }
  out.resize(static_cast<std::size_t>(end - out.data()));
}

void put_command(std::string& out,
                 std::initializer_list<command_argument> arguments) {
  put_command(out, {arguments.begin(), arguments.size()});
}

command::command(std::initializer_list<command_argument> arguments)
  : command(std::span{arguments.begin(), arguments.size()}) {
}

command::command(std::span<const command_argument> arguments) {
  put_command(bytes_, arguments);
}

std::string to_string(const command& value) {
  return "command(" + std::to_string(value.bytes().size()) + " bytes)";
}

} // namespace obol
