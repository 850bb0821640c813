#include "obol/internal/whole_bulk.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace obol::internal {

namespace {

constexpr std::string_view line_break = "\r\n";

} // namespace

std::optional<whole_bulk> whole_bulk_in(std::string_view bytes,
                                        std::size_t max_bytes) {
  if (bytes.empty() || bytes.front() != '$')
    return std::nullopt;
  auto begin = bytes.data() + 1;
  auto end = bytes.data() + std::min(bytes.size(), max_length_line);
  std::size_t size = 0;
  auto [line_end, failed] = std::from_chars(begin, end, size);
  if (failed != std::errc{} || size > max_bytes
      || (*begin == '0' && line_end != begin + 1))
    return std::nullopt;
  auto head = static_cast<std::size_t>(line_end - bytes.data()) + 2;
  auto total = head + size + 2;
  if (bytes.size() < total || bytes.substr(head - 2, 2) != line_break
      || bytes.substr(head + size, 2) != line_break)
    return std::nullopt;
  return whole_bulk{bytes.substr(head, size), total};
}

} // namespace obol::internal
