#pragma once

#include "obol/messages.hpp"

#include <cstdint>
#include <variant>

namespace obol::bench {

/// One request of a client to a store.
using request = std::variant<get_request, upsert_request, get_all_request>;

/// Writes down what clients ask and what they are told, to be held against the
/// rules afterwards. Safe to share between threads.
class witness {
public:
  virtual ~witness() = default;

  /// A request that is sent next; puts the session's past into the payload of
  /// an upsert. @returns its number, by which its answer is known
  virtual std::uint32_t asked(std::uint64_t client, request& what) = 0;

  virtual void answered(std::uint32_t number, const get_answer& x) = 0;
  virtual void answered(std::uint32_t number, const session& x) = 0;
  virtual void answered(std::uint32_t number, const get_all_answer& x) = 0;
  virtual void failed(std::uint32_t number, const caf::error& why) = 0;
};

} // namespace obol::bench
