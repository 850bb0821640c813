#include "obol/signature.hpp"

#include "obol/internal/errors.hpp"
#include "obol/internal/mac_batch.hpp"
#include "obol/internal/signature_claim.hpp"
#include "obol/internal/signature_key.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace obol {

namespace {

using internal::charon_head;
using internal::mac_batch;
using internal::mac_bytes;
using internal::parse_claim;
using internal::signature_claim;
using internal::signature_key;
using internal::v2_head;

bool equal(const mac_bytes& x, const mac_bytes& y) {
  return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

} // namespace

// -- implementation -----------------------------------------------------------

class signer::impl {
public:
  void add_key(const key_ring& keys, std::size_t index,
               std::string_view key_prefix, std::string_view layout_version) {
    keys_.emplace_back(keys, index, key_prefix, layout_version);
  }

  void put_head(std::string& out, bool is_v2) const {
    if (is_v2) {
      out += v2_head;
      out += keys_.front().id();
      out += '.';
    } else {
      out += charon_head;
    }
    out.append(sizeof(mac_bytes), '\0');
    out += '.';
  }

  void sign(std::span<std::string* const> all, bool is_v2) {
    std::string head;
    put_head(head, is_v2);
    for (auto* x : all) {
      auto payload = std::string_view{*x}.substr(head.size());
      auto* mac = x->data() + head.size() - 1 - sizeof(mac_bytes);
      if (all.size() == 1 || payload.size() > mac_batch::max_message_bytes)
        sign_alone(payload, is_v2, mac);
      else
        add_to_batch(payload, is_v2, mac);
    }
    sign_batch();
  }

  verification verify(std::string_view stored) {
    auto parsed = parse_claim(stored);
    if (auto* fault = std::get_if<signature_fault>(&parsed))
      return *fault;
    auto& x = std::get<signature_claim>(parsed);
    return x.is_v2 ? check_v2(x) : check_charon(x);
  }

  void check(std::span<signed_bytes> all) {
    for (auto& x : all)
      add_to_batch(x);
    check_batch();
  }

private:
  verification check_charon(const signature_claim& x) {
    for (auto& key : keys_) {
      if (!key.verifies_charon())
        continue;
      mac_bytes expected;
      key.compute(x.payload, false, expected);
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
    key.compute(x.payload, true, expected);
    auto matches = equal(x.mac, expected);
    if (!named)
      return signature_fault::unknown_key;
    if (!matches)
      return signature_fault::bad_signature;
    return x.payload;
  }

  signature_key* find(std::string_view id) {
    for (auto& key : keys_)
      if (key.id() == id)
        return &key;
    return nullptr;
  }

  signature_key* first_for_charon() {
    for (auto& key : keys_)
      if (key.verifies_charon())
        return &key;
    return nullptr;
  }

  // -- batches of signatures to make ------------------------------------------

  void sign_alone(std::string_view payload, bool is_v2, char* to) const {
    mac_bytes mac;
    keys_.front().compute(payload, is_v2, mac);
    std::copy(mac.begin(), mac.end(), to);
  }

  void add_to_batch(std::string_view payload, bool is_v2, char* to) {
    keys_.front().add_to(batch_, payload, is_v2);
    unsigned_.push_back(to);
    if (batch_.is_full())
      sign_batch();
  }

  void sign_batch() {
    auto macs = batch_.compute();
    for (std::size_t i = 0; i < unsigned_.size(); ++i)
      std::copy(macs[i].begin(), macs[i].end(), unsigned_[i]);
    unsigned_.clear();
  }

  // -- batches of signatures to check -----------------------------------------

  /// Stored bytes whose MAC by the likeliest key is in the batch.
  struct candidate {
    signed_bytes* stored;
    signature_claim what;
  };

  void add_to_batch(signed_bytes& stored) {
    auto parsed = parse_claim(stored.bytes_);
    auto* x = std::get_if<signature_claim>(&parsed);
    if (!x || x->payload.size() > mac_batch::max_message_bytes)
      return;
    auto* key = x->is_v2 ? find(x->key_id) : first_for_charon();
    if (!key)
      return;
    key->add_to(batch_, x->payload, x->is_v2);
    candidates_.push_back({&stored, *x});
    if (batch_.is_full())
      check_batch();
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

  std::vector<signature_key> keys_;
  /// Empty between two calls.
  mac_batch batch_;
  std::vector<candidate> candidates_;
  /// Where the MACs go.
  std::vector<char*> unsigned_;
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
  std::string result;
  put_head(result, format);
  result += payload;
  std::string* const one[] = {&result};
  sign(one, format);
  return result;
}

void signer::put_head(std::string& out, signature_format format) const {
  impl_->put_head(out, format == signature_format::v2);
}

void signer::sign(std::span<std::string* const> all, signature_format format) {
  impl_->sign(all, format == signature_format::v2);
}

verification signer::verify(const signed_bytes& stored) {
  return stored.payload_ ? *stored.payload_ : impl_->verify(stored.bytes_);
}

void signer::check(std::span<signed_bytes> all) {
  impl_->check(all);
}

} // namespace obol
