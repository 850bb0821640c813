#pragma once

#include <chrono>
#include <thread>

namespace obol::test {

/// How long what must happen in another process may take, on a starved machine.
inline constexpr std::chrono::seconds patience{60};

/// Whether the condition came true before patience ended.
template <class Condition>
bool comes_true(Condition condition) {
  constexpr std::chrono::milliseconds poll_interval{5};
  auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::sleep_for(poll_interval);
  }
  return true;
}

} // namespace obol::test
