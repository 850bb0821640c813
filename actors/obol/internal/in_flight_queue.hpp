#pragma once

#include "obol/internal/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace obol::internal {

/// The requests of one connection whose replies are due, oldest first: replies
/// come in the order of the requests. Knows for each whether a byte of it was
/// handed to the socket, which is what parts "never sent" from "outcome
/// unknown" when the connection breaks.
template <class T>
class in_flight_queue {
public:
  struct entry {
    T value;
    /// When the request was put in.
    instant since;
    /// Position in the byte stream at which the request begins.
    std::uint64_t begins_at = 0;
    /// Answered early, at its deadline: its reply is still due, and dropped.
    bool abandoned = false;
  };

  /// Adds a request of so many bytes.
  void push(T value, std::size_t bytes, instant now) {
    entries_.push_back({std::move(value), now, queued_, false});
    queued_ += bytes;
  }

  /// So many more bytes of what was pushed were handed to the socket.
  void on_written(std::size_t bytes) {
    written_ += bytes;
  }

  /// Whether the server may have seen this request.
  bool may_be_sent(const entry& x) const {
    return x.begins_at < written_;
  }

  entry& front() {
    return entries_.front();
  }

  /// Takes out the oldest.
  entry pop() {
    auto result = std::move(entries_.front());
    entries_.pop_front();
    return result;
  }

  bool empty() const {
    return entries_.empty();
  }

  std::size_t size() const {
    return entries_.size();
  }

  auto begin() {
    return entries_.begin();
  }

  auto end() {
    return entries_.end();
  }

private:
  std::deque<entry> entries_;
  std::uint64_t queued_ = 0;
  std::uint64_t written_ = 0;
};

} // namespace obol::internal
