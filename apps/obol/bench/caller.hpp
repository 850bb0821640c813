#pragma once

#include "bench/player.hpp"
#include "obol/facade.hpp"

namespace obol::bench {

/// Makes a player's requests by calls with a callback.
class caller {
public:
  explicit caller(facade& store) : store_(store) {
  }

  /// Carries out the player's next operation, which may take two calls.
  void call(player& who);

protected:
  ~caller() = default;

  /// It ended, on a thread of the facade.
  virtual void on_end(player& who, progress outcome, const caf::error& why) = 0;

private:
  template <class T>
  void take(player& who, T& answer);

  void fail(player& who, const caf::error& why);

  facade& store_;
};

} // namespace obol::bench
