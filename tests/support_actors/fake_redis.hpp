#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support_actors/memory_transport.hpp"

namespace obol::test {

/// Replies as a server writes them (RESP2).
namespace resp {

std::string simple(std::string_view text);
std::string error(std::string_view text);
std::string integer(std::int64_t value);
std::string bulk(std::string_view bytes);
std::string nil();

/// `elements` are complete replies.
std::string array(const std::vector<std::string>& elements);

} // namespace resp

/// A server of a memory network that speaks RESP. A request that is not an
/// array of bulk strings fails the running test.
class fake_redis final : public memory_server {
public:
  using arguments = std::vector<std::string>;

  /// Makes the reply, as bytes; empty = stay silent.
  using handler = std::function<std::string(const arguments& request)>;

  struct request {
    connection_id connection;
    fake_redis::arguments arguments;
  };

  explicit fake_redis(handler answer);

  void answer_with(handler answer);

  /// Every request so far, in the order of arrival.
  const std::vector<request>& requests() const {
    return requests_;
  }

  /// The requests of one connection.
  std::vector<arguments> requests(connection_id id) const;

  /// How many requests began with this word, as it was written.
  std::size_t count(std::string_view command) const;

  /// The connection whose request the handler is answering.
  connection_id serving() const {
    return serving_;
  }

  void on_open(connection_id id) override;
  std::string on_bytes(connection_id id, std::string_view bytes) override;
  void on_close(connection_id id) override;

private:
  handler answer_;
  std::vector<request> requests_;
  connection_id serving_ = 0;

  // The beginning of a request whose rest has not come.
  std::map<connection_id, std::string> unread_;
};

} // namespace obol::test
