#include "obol/signature.hpp"

#include "obol/internal/errors.hpp"
#include "obol/internal/etf_put.hpp"
#include "obol/internal/keyed_mac.hpp"
#include "obol/internal/mac_batch.hpp"
#include "obol/internal/signature_claim.hpp"

#include <openssl/crypto.h>

#include <optional>
#include <vector>

namespace obol {

namespace {

using internal::charon_head;
using internal::mac_bytes;
using internal::parse_claim;
using internal::signature_claim;
using internal::v2_head;

constexpr std::string_view v2_name = "signed_v2";

void put_part(std::string& out, std::string_view part) {
  internal::put_u32(out, part.size());
  out += part;
}

bool equal(const mac_bytes& x, const mac_bytes& y) {
  return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

std::string_view to_view(const mac_bytes& mac) {
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

} // namespace

// -- implementation -----------------------------------------------------------

class signer::impl {
public:
  void add_key(const key_ring& keys, std::size_t index,
               std::string_view key_prefix, std::string_view layout_version) {
    std::string id{keys.key_id(index)};
    std::string bound;
    for (auto part :
         {v2_name, std::string_view{id}, key_prefix, layout_version})
      put_part(bound, part);
    keys_.push_back({std::move(id), std::move(bound),
                     internal::keyed_mac{keys.key(index)},
                     keys.verifies_charon(index)});
  }

  std::string sign(std::string_view payload, signature_format format) {
    auto& key = keys_.front();
    auto is_v2 = format == signature_format::v2;
    mac_bytes mac;
    if (is_v2)
      compute_v2(key, payload, mac);
    else
      compute_charon(key, payload, mac);
    std::string result;
    result.reserve(v2_head.size() + key.id.size() + mac.size() + 2
                   + payload.size());
    if (is_v2) {
      result += v2_head;
      result += key.id;
      result += '.';
    } else {
      result += charon_head;
    }
    result += to_view(mac);
    result += '.';
    result += payload;
    return result;
  }

  verification verify(std::string_view stored) {
    auto parsed = parse_claim(stored);
    if (auto* fault = std::get_if<signature_fault>(&parsed))
      return *fault;
    auto& x = std::get<signature_claim>(parsed);
    return x.is_v2 ? check_v2(x) : check_charon(x);
  }

  void check(std::span<signed_bytes> all) {
    for (auto& x : all) {
      add_to_batch(x);
      if (batch_.is_full())
        check_batch();
    }
    check_batch();
  }

private:
  struct key_state {
    std::string id;
    /// What `signed_v2` binds before the payload.
    std::string bound;
    internal::keyed_mac mac;
    bool verifies_charon;
  };

  static void compute_charon(const key_state& key, std::string_view payload,
                             mac_bytes& result) {
    key.mac.compute({&payload, 1}, result);
  }

  static void compute_v2(const key_state& key, std::string_view payload,
                         mac_bytes& result) {
    std::string size;
    internal::put_u32(size, payload.size());
    const std::string_view parts[] = {key.bound, size, payload};
    key.mac.compute(parts, result);
  }

  verification check_charon(const signature_claim& x) {
    for (auto& key : keys_) {
      if (!key.verifies_charon)
        continue;
      mac_bytes expected;
      compute_charon(key, x.payload, expected);
      if (equal(x.mac, expected))
        return x.payload;
    }
    return signature_fault::bad_signature;
  }

  verification check_v2(const signature_claim& x) {
    auto* named = find(x.key_id);
    // An unknown key takes as long as a wrong signature.
    auto& key = named ? *named : keys_.front();
    mac_bytes expected;
    compute_v2(key, x.payload, expected);
    auto matches = equal(x.mac, expected);
    if (!named)
      return signature_fault::unknown_key;
    if (!matches)
      return signature_fault::bad_signature;
    return x.payload;
  }

  key_state* find(std::string_view id) {
    for (auto& key : keys_)
      if (key.id == id)
        return &key;
    return nullptr;
  }

  // -- batches ----------------------------------------------------------------

  /// Stored bytes whose MAC by the likeliest key is in the batch.
  struct candidate {
    signed_bytes* stored;
    signature_claim what;
  };

  void add_to_batch(signed_bytes& stored) {
    auto parsed = parse_claim(stored.bytes_);
    auto* x = std::get_if<signature_claim>(&parsed);
    if (!x || x->payload.size() > internal::mac_batch::max_message_bytes)
      return;
    auto* key = x->is_v2 ? find(x->key_id) : first_for_charon();
    if (!key)
      return;
    std::string head;
    if (x->is_v2) {
      head = key->bound;
      internal::put_u32(head, x->payload.size());
    }
    batch_.add(key->mac, head, x->payload);
    candidates_.push_back({&stored, *x});
  }

  void check_batch() {
    auto expected = batch_.compute();
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      auto& x = candidates_[i];
      if (equal(x.what.mac, expected[i]))
        x.stored->payload_ = x.what.payload;
    }
    candidates_.clear();
  }

  key_state* first_for_charon() {
    for (auto& key : keys_)
      if (key.verifies_charon)
        return &key;
    return nullptr;
  }

  std::vector<key_state> keys_;
  internal::mac_batch batch_;
  std::vector<candidate> candidates_;
};

// -- interface ----------------------------------------------------------------

caf::expected<signer> signer::make(std::shared_ptr<const key_ring> keys,
                                   std::string_view key_prefix, layout kind) {
  if (!keys)
    return internal::invalid_argument("signer: must have a key ring");
  if (kind == layout::automatic)
    return internal::invalid_argument("signer: must have a definite layout");
  std::string_view version = kind == layout::three_set ? "3" : "4";
  auto x = std::make_unique<impl>();
  for (std::size_t i = 0; i < keys->size(); ++i)
    x->add_key(*keys, i, key_prefix, version);
  return signer{std::move(x)};
}

signer::signer(std::unique_ptr<impl> x) : impl_(std::move(x)) {
}

signer::signer(signer&&) noexcept = default;
signer& signer::operator=(signer&&) noexcept = default;
signer::~signer() = default;

std::string signer::sign(std::string_view payload, signature_format format) {
  return impl_->sign(payload, format);
}

verification signer::verify(const signed_bytes& stored) {
  return stored.payload_ ? *stored.payload_ : impl_->verify(stored.bytes_);
}

void signer::check(std::span<signed_bytes> all) {
  impl_->check(all);
}

} // namespace obol
