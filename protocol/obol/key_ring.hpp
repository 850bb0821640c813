#pragma once

#include "obol/signing_key.hpp"

#include <caf/expected.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace obol {

namespace internal {
class secret_page;
} // namespace internal

/// The keys of a store: one signs, all verify. A key is replaced in three
/// steps: the new one verifies everywhere; then it signs and the old one
/// verifies; when all sessions were signed again or have expired, the old one
/// goes.
///
/// Immutable and safe to share between threads. Never part of a message.
class key_ring {
public:
  /// How many keys a ring may have beside the one that signs.
  static constexpr std::size_t max_verifying_keys = 16;

  /// How long a key id may be, in bytes.
  static constexpr std::size_t max_key_id_bytes = 8;

  struct member {
    /// 1 to 8 letters, digits, `_` or `-`; stands in the stored form
    /// `signed_v2`.
    std::string key_id;
    signing_key key;
    /// Whether it verifies Charon's forms, which name no key. Off where no
    /// Elixir service shares the store, so that nobody can step back from
    /// `signed_v2`, which binds more, to the older form.
    bool verifies_charon = true;
  };

  /// Fails with `invalid_argument` for a bad or doubled key id or too many
  /// keys.
  static caf::expected<std::shared_ptr<const key_ring>>
  make(member signing, std::vector<member> verifying = {});

  /// A ring of one key with the id `1`.
  static std::shared_ptr<const key_ring> of(signing_key key);

  key_ring(const key_ring&) = delete;
  key_ring& operator=(const key_ring&) = delete;
  ~key_ring();

  /// The key at index 0 signs.
  std::size_t size() const noexcept {
    return entries_.size();
  }

  std::string_view key_id(std::size_t index) const {
    return entries_[index].key_id;
  }

  bool verifies_charon(std::size_t index) const {
    return entries_[index].verifies_charon;
  }

  std::span<const unsigned char> key(std::size_t index) const;

private:
  struct entry {
    std::string key_id;
    bool verifies_charon;
  };

  key_ring(const member& signing, const std::vector<member>& verifying);

  void add(const member& x);

  std::vector<entry> entries_;
  std::unique_ptr<internal::secret_page> keys_;
};

} // namespace obol
