#pragma once

#include "obol/internal/keyed_mac.hpp"
#include "obol/internal/mac_batch.hpp"
#include "obol/key_ring.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace obol::internal {

/// A key of the ring, made ready to sign and verify payloads in the forms of
/// `signer`. Not thread-safe.
class signature_key {
public:
  /// `key_prefix` and `layout_version` are what `signed_v2` binds.
  signature_key(const key_ring& keys, std::size_t index,
                std::string_view key_prefix, std::string_view layout_version);

  const std::string& id() const {
    return id_;
  }

  bool verifies_charon() const {
    return verifies_charon_;
  }

  /// The MAC of the payload in a form of Charon's, or in `signed_v2`.
  void compute(std::string_view payload, bool is_v2, mac_bytes& result) const;

  /// Adds the payload to those whose MACs are computed side by side.
  /// @pre as with `mac_batch::add`
  void add_to(mac_batch& batch, std::string_view payload, bool is_v2) const;

private:
  std::string id_;
  /// What `signed_v2` has before the payload's length.
  std::string bound_;
  keyed_mac mac_;
  bool verifies_charon_;
};

} // namespace obol::internal
