#include "support_actors/fake_redis.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

namespace obol::test {

namespace resp {

namespace {

std::string line(char mark, std::string_view text) {
  std::string result(1, mark);
  result += text;
  result += "\r\n";
  return result;
}

} // namespace

std::string simple(std::string_view text) {
  return line('+', text);
}

std::string error(std::string_view text) {
  return line('-', text);
}

std::string integer(std::int64_t value) {
  return line(':', std::to_string(value));
}

std::string bulk(std::string_view bytes) {
  auto result = line('$', std::to_string(bytes.size()));
  result += bytes;
  result += "\r\n";
  return result;
}

std::string nil() {
  return line('$', "-1");
}

std::string array(const std::vector<std::string>& elements) {
  auto result = line('*', std::to_string(elements.size()));
  for (auto& element : elements)
    result += element;
  return result;
}

} // namespace resp

namespace {

/// Reads requests off the front of a text.
class request_reader {
public:
  explicit request_reader(std::string_view text) : rest_(text) {
    // nop
  }

  std::string_view rest() const {
    return rest_;
  }

  /// The next request, or nothing while it is incomplete; the rest stays.
  std::optional<fake_redis::arguments> next() {
    auto before = rest_;
    auto result = try_next();
    if (!result)
      rest_ = before;
    return result;
  }

private:
  std::optional<fake_redis::arguments> try_next() {
    auto count = length('*');
    if (!count)
      return std::nullopt;
    fake_redis::arguments result;
    for (std::size_t i = 0; i < *count; ++i) {
      auto size = length('$');
      if (!size || rest_.size() < *size + 2)
        return std::nullopt;
      if (rest_.substr(*size, 2) != "\r\n")
        throw std::invalid_argument("a bulk string does not end in CRLF");
      result.emplace_back(rest_.substr(0, *size));
      rest_.remove_prefix(*size + 2);
    }
    return result;
  }

  std::optional<std::size_t> length(char mark) {
    auto end = rest_.find("\r\n");
    if (!rest_.empty() && rest_.front() != mark)
      throw std::invalid_argument("not an array of bulk strings");
    if (end == std::string_view::npos)
      return std::nullopt;
    std::size_t result = 0;
    auto last = rest_.data() + end;
    auto parsed = std::from_chars(rest_.data() + 1, last, result);
    if (parsed.ec != std::errc{} || parsed.ptr != last)
      throw std::invalid_argument("a length is not a number");
    rest_.remove_prefix(end + 2);
    return result;
  }

  std::string_view rest_;
};

} // namespace

fake_redis::fake_redis(handler answer) : answer_(std::move(answer)) {
  // nop
}

void fake_redis::answer_with(handler answer) {
  answer_ = std::move(answer);
}

std::vector<fake_redis::arguments>
fake_redis::requests(connection_id id) const {
  std::vector<arguments> result;
  for (auto& x : requests_)
    if (x.connection == id)
      result.push_back(x.arguments);
  return result;
}

std::size_t fake_redis::count(std::string_view command) const {
  std::size_t result = 0;
  for (auto& x : requests_)
    if (!x.arguments.empty() && x.arguments.front() == command)
      ++result;
  return result;
}

void fake_redis::on_open(connection_id id) {
  unread_[id].clear();
}

std::string fake_redis::on_bytes(connection_id id, std::string_view bytes) {
  auto text = std::exchange(unread_[id], {});
  text += bytes;
  request_reader reader{text};
  std::string replies;
  try {
    while (auto argv = reader.next()) {
      requests_.push_back({id, *argv});
      serving_ = id;
      replies += answer_(*argv);
    }
    unread_[id] = reader.rest();
  } catch (const std::invalid_argument& malformed) {
    ADD_FAILURE() << "request on connection " << id << ": " << malformed.what();
    replies += resp::error("ERR Protocol error");
  }
  return replies;
}

void fake_redis::on_close(connection_id id) {
  unread_.erase(id);
}

} // namespace obol::test
