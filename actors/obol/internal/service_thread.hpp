#pragma once

#include <functional>
#include <thread>

namespace obol::internal {

/// Starts a thread that no signal is delivered to, so that the handlers of the
/// program run where the program expects them. `name` has at most 15 bytes.
/// @throws std::system_error if the system has no thread left.
std::thread start_service_thread(const char* name, std::function<void()> run);

} // namespace obol::internal
