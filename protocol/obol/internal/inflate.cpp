#include "obol/internal/inflate.hpp"

#include <algorithm>
#include <limits>
#include <zlib.h>

namespace obol::internal {

namespace {

/// How much is set aside before anything was inflated.
constexpr std::size_t first_chunk = 16 * 1024;

struct inflater {
  z_stream stream{};
  bool ready = inflateInit(&stream) == Z_OK;

  inflater() = default;
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  ~inflater() {
    if (ready)
      inflateEnd(&stream);
  }
};

} // namespace

std::optional<std::string> inflate(std::string_view bytes, std::size_t size) {
  constexpr auto most = std::size_t{std::numeric_limits<uInt>::max()};
  inflater state;
  if (!state.ready || bytes.size() > most || size >= most)
    return std::nullopt;
  auto& stream = state.stream;
  stream.next_in
    = reinterpret_cast<z_const Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string result;
  // One byte more than announced, so that a longer stream shows itself.
  const auto bound = size + 1;
  for (;;) {
    auto done = result.size();
    if (done == bound)
      return std::nullopt;
    result.resize(std::min(bound, std::max(first_chunk, done * 2)));
    stream.next_out = reinterpret_cast<Bytef*>(result.data() + done);
    stream.avail_out = static_cast<uInt>(result.size() - done);
    auto status = ::inflate(&stream, Z_NO_FLUSH);
    result.resize(result.size() - stream.avail_out);
    if (status == Z_STREAM_END)
      break;
    // No progress with room left means that the input has ended.
    if (status != Z_OK || result.size() == done)
      return std::nullopt;
  }
  if (result.size() != size)
    return std::nullopt;
  return result;
}

} // namespace obol::internal
