#include "obol/testing/internal/server/request_reader.hpp"

#include "obol/testing/internal/server/numbers.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace obol::testing::internal {

namespace {

/// The default of proto-max-bulk-len.
constexpr std::int64_t max_text_size = 512 * 1024 * 1024;

/// A line that is longer is no line.
constexpr std::size_t max_line_size = 64 * 1024;

/// A request announces how many texts it has; this many are made room for.
constexpr std::size_t max_reserved = 1024;

} // namespace

void request_reader::feed(std::string_view bytes) {
  if (error_.empty()) {
    compact();
    buffer_.append(bytes);
  }
}

request_reader::status request_reader::next() {
  if (!error_.empty())
    return status::failed;
  if (!in_request_) {
    if (auto result = read_count(); result != status::complete)
      return result;
  }
  while (missing_ > 0) {
    if (!has_size_) {
      if (auto result = read_size(); result != status::complete)
        return result;
    }
    if (auto result = read_text(); result != status::complete)
      return result;
  }
  in_request_ = false;
  return status::complete;
}

request_reader::status request_reader::read_count() {
  request_.clear();
  std::string_view line;
  // An empty request is skipped in silence, as servers do.
  for (std::int64_t count = 0; count <= 0;) {
    if (position_ < buffer_.size() && buffer_[position_] != '*')
      return fail("inline commands are not simulated");
    switch (read_line(line)) {
      case status::complete:
        break;
      case status::incomplete:
        return status::incomplete;
      case status::failed:
        return fail("too big mbulk count string");
    }
    if (!parse_integer(line.substr(1), count)
        || count > std::numeric_limits<std::int32_t>::max())
      return fail("invalid multibulk length");
    if (count > 0)
      missing_ = static_cast<std::size_t>(count);
  }
  request_.reserve(std::min(missing_, max_reserved));
  in_request_ = true;
  return status::complete;
}

request_reader::status request_reader::read_size() {
  std::string_view line;
  switch (read_line(line)) {
    case status::complete:
      break;
    case status::incomplete:
      return status::incomplete;
    case status::failed:
      return fail("too big bulk count string");
  }
  if (line.empty() || line[0] != '$') {
    // An empty line begins with its own end.
    std::string reason{"expected '$', got '"};
    reason += line.empty() ? '\r' : line[0];
    reason += '\'';
    return fail(reason);
  }
  std::int64_t size = 0;
  if (!parse_integer(line.substr(1), size) || size < 0 || size > max_text_size)
    return fail("invalid bulk length");
  size_ = static_cast<std::size_t>(size);
  has_size_ = true;
  return status::complete;
}

request_reader::status request_reader::read_text() {
  constexpr std::size_t end_size = 2;
  if (buffer_.size() - position_ < size_ + end_size)
    return status::incomplete;
  // The two bytes after a text are skipped unseen, as Redis does.
  request_.emplace_back(buffer_, position_, size_);
  position_ += size_ + end_size;
  has_size_ = false;
  --missing_;
  return status::complete;
}

request_reader::status request_reader::read_line(std::string_view& line) {
  auto rest = std::string_view{buffer_}.substr(position_);
  auto end = rest.find('\r');
  if (end == std::string_view::npos)
    return rest.size() > max_line_size ? status::failed : status::incomplete;
  if (end + 1 == rest.size())
    return status::incomplete;
  line = rest.substr(0, end);
  position_ += end + 2;
  return status::complete;
}

request_reader::status request_reader::fail(std::string_view reason) {
  error_ = "ERR Protocol error: ";
  error_ += reason;
  // An error is one line.
  std::replace(error_.begin(), error_.end(), '\r', ' ');
  std::replace(error_.begin(), error_.end(), '\n', ' ');
  return status::failed;
}

void request_reader::compact() {
  buffer_.erase(0, position_);
  position_ = 0;
}

} // namespace obol::testing::internal
