#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

struct redisContext;

namespace obol::test {

/// What a server answered, as a value; `text` holds any bytes.
struct redis_reply {
  enum class kind { nil, integer, status, text, error, array };

  kind type = kind::nil;
  /// Set for `integer`.
  std::int64_t integer = 0;
  /// Set for `status`, `text` and `error`.
  std::string text;
  /// Set for `array`.
  std::vector<redis_reply> elements;

  bool is_nil() const {
    return type == kind::nil;
  }
  bool is_error() const {
    return type == kind::error;
  }
  /// The texts of all elements, for replies like that of HKEYS.
  std::vector<std::string> texts() const;

  friend bool operator==(const redis_reply&, const redis_reply&) = default;
  /// A status or a bulk string with this text.
  friend bool operator==(const redis_reply& reply, const char* expected) {
    return (reply.type == kind::text || reply.type == kind::status)
           && reply.text == expected;
  }
  /// An integer reply.
  friend bool operator==(const redis_reply& reply, std::int64_t expected) {
    return reply.type == kind::integer && reply.integer == expected;
  }
};

std::ostream& operator<<(std::ostream& out, const redis_reply& reply);

/// A blocking connection for tests. Every call throws `std::runtime_error` when
/// there is no answer within `answer_timeout`.
class redis_client {
public:
  static constexpr int answer_timeout_seconds = 10;

  explicit redis_client(const std::string& socket_path);

  /// Sends one command; every argument may hold any bytes.
  redis_reply command(const std::vector<std::string>& arguments);

private:
  struct closer {
    void operator()(redisContext* context) const;
  };
  std::unique_ptr<redisContext, closer> context_;
};

} // namespace obol::test
