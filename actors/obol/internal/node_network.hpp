#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/clock.hpp"
#include "obol/node_options.hpp"

#include <caf/expected.hpp>

#include <functional>

namespace obol::internal {

/// How a client reaches nodes: CAF's distribution in production, memory in
/// simulation. Callable from any thread.
class node_network {
public:
  using done = std::function<void(caf::expected<gateway_actor>)>;

  virtual ~node_network() = default;

  /// Connects to a node. `tell` is called once, on any thread; the handle it is
  /// given lives as long as the connection, and those who monitor it hear of
  /// its end.
  virtual void connect(const node_address& where, duration timeout, done tell)
    = 0;

  /// Cuts the connection to a node: nothing more comes of it.
  virtual void cut(const gateway_actor& node) = 0;
};

} // namespace obol::internal
