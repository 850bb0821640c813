#pragma once

#include <cstdint>
#include <string_view>

namespace obol::testing::internal {

/// Which server program a simulated server behaves like.
enum class server_kind : std::uint8_t { redis_7, redis_8, valkey_9 };

/// Its name in HELLO.
constexpr std::string_view program_name(server_kind kind) {
  return kind == server_kind::valkey_9 ? "valkey" : "redis";
}

/// Its version in HELLO.
constexpr std::string_view program_version(server_kind kind) {
  switch (kind) {
    case server_kind::redis_7:
      return "7.0.15";
    case server_kind::redis_8:
      return "8.0.6";
    case server_kind::valkey_9:
      break;
  }
  return "9.1.2";
}

/// Whether fields of its hashes can expire by HSETEX.
constexpr bool has_hash_field_expiry(server_kind kind) {
  return kind != server_kind::redis_7;
}

} // namespace obol::testing::internal
