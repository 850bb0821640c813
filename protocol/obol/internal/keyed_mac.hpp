#pragma once

#include "obol/internal/hash_lanes.hpp"
#include "obol/internal/secret_page.hpp"

#include <array>
#include <memory>
#include <span>
#include <string_view>

namespace obol::internal {

using mac_bytes = std::array<unsigned char, 32>;

/// HMAC-SHA256 (RFC 2104) with one key, made ready once and reused for every
/// message: of a message only its own blocks are hashed, and one more. Not
/// thread-safe.
class keyed_mac {
public:
  /// @pre the key has at most 64 bytes, as all of ours
  explicit keyed_mac(std::span<const unsigned char> key);

  /// The MAC of the parts one after the other.
  void compute(std::span<const std::string_view> parts,
               mac_bytes& result) const;

  /// The hash after the inner and after the outer pad: as good as the key.
  hash_words inner() const;
  hash_words outer() const;

private:
  struct states;

  const states& ready() const;

  std::unique_ptr<secret_page> memory_;
};

} // namespace obol::internal
