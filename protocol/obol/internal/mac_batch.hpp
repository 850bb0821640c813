#pragma once

#include "obol/internal/hash_lanes.hpp"
#include "obol/internal/keyed_mac.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace obol::internal {

/// HMAC-SHA256 of some messages side by side; see `hash_all`. Not thread-safe.
class mac_batch {
public:
  /// More are no faster.
  static constexpr std::size_t max_messages = 16;

  /// A longer message is not worth a place here.
  static constexpr std::size_t max_message_bytes = 4096;

  bool is_full() const {
    return messages_.size() == max_messages;
  }

  /// Adds the message of the body behind the head.
  /// @pre it has room and the message is not too long; `key` and the body stay
  ///      until `compute`
  void add(const keyed_mac& key, std::string_view head, std::string_view body);

  /// The MACs in the order of the messages, valid until the next call. The
  /// batch is empty then.
  std::span<const mac_bytes> compute();

private:
  struct message {
    const keyed_mac* key;
    /// Its blocks that are hashed where they are; then those of `ends_`.
    std::string_view begin;
    std::size_t end_offset;
    hash_words state;
  };

  /// Puts the last bytes of a message of so many, padded, behind the ends.
  void put_end(std::string_view bytes, std::size_t message_bytes);

  void hash_begins();

  void hash_ends();

  std::vector<message> messages_;
  std::vector<unsigned char> ends_;
  std::vector<mac_bytes> results_;
};

} // namespace obol::internal
