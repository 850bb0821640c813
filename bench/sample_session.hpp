#pragma once

#include "obol/key_ring.hpp"
#include "obol/session.hpp"

#include <memory>

namespace obol::bench {

/// When the sample sessions are looked at.
inline constexpr unix_seconds sample_time = 1'800'000'000;

/// A session like a product's: every field filled, about 300 bytes of payload.
session sample_session();

/// One key.
std::shared_ptr<const key_ring> sample_keys();

} // namespace obol::bench
