#pragma once

#include <cstdint>

namespace obol::testing::internal {

/// What the calendar says when a simulated world begins: milliseconds since the
/// Unix epoch.
inline constexpr std::int64_t epoch_ms = 1'795'000'000'000;

} // namespace obol::testing::internal
