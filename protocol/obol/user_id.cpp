#include "obol/user_id.hpp"

#include <charconv>

namespace obol {

std::optional<user_id> user_id::from(std::uint8_t kind, std::string text) {
  switch (kind) {
    case 0: {
      std::int64_t number = 0;
      auto end = text.data() + text.size();
      auto parsed = std::from_chars(text.data(), end, number);
      if (parsed.ptr != end || parsed.ec != std::errc{})
        return std::nullopt;
      return user_id{number};
    }
    case 1:
      return user_id{std::move(text)};
    case 2:
      return user_id{big_integer{std::move(text)}};
    default:
      return std::nullopt;
  }
}

} // namespace obol
