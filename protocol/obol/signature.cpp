#include "obol/signature.hpp"

#include "obol/internal/base64.hpp"
#include "obol/internal/errors.hpp"
#include "obol/internal/etf_put.hpp"
#include "obol/internal/keyed_mac.hpp"

#include <openssl/crypto.h>

#include <cstring>
#include <optional>
#include <vector>

namespace obol {

namespace {

using internal::mac_bytes;

constexpr std::string_view charon_head = "signed.";
constexpr std::string_view charon_text_head = "signed_u64.";
constexpr std::string_view v2_head = "signed_v2.";
constexpr std::string_view v2_name = "signed_v2";

void put_part(std::string& out, std::string_view part) {
  internal::put_u32(out, part.size());
  out += part;
}

bool equal(const mac_bytes& x, const mac_bytes& y) {
  return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

mac_bytes to_mac(std::string_view bytes) {
  mac_bytes result;
  std::memcpy(result.data(), bytes.data(), result.size());
  return result;
}

std::string_view to_view(const mac_bytes& mac) {
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

/// Splits `rest` into `size` bytes and what follows the dot behind them.
struct split_result {
  std::string_view mac;
  std::string_view payload;
};

std::variant<split_result, signature_fault> split(std::string_view rest,
                                                  std::size_t size) {
  if (rest.size() < size + 1)
    return signature_fault::too_short;
  if (rest[size] != '.')
    return signature_fault::bad_signature;
  return split_result{rest.substr(0, size), rest.substr(size + 1)};
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
    auto begins
      = [stored](std::string_view head) { return stored.starts_with(head); };
    if (begins(charon_head))
      return verify_charon(stored.substr(charon_head.size()));
    if (begins(v2_head))
      return verify_v2(stored.substr(v2_head.size()));
    if (begins(charon_text_head))
      return verify_charon_text(stored.substr(charon_text_head.size()));
    return signature_fault::unknown_format;
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

  verification verify_charon(std::string_view rest) {
    auto parts = split(rest, sizeof(mac_bytes));
    if (auto* fault = std::get_if<signature_fault>(&parts))
      return *fault;
    auto [mac, payload] = std::get<split_result>(parts);
    return check_charon(to_mac(mac), payload);
  }

  verification verify_charon_text(std::string_view rest) {
    auto parts = split(rest, internal::encoded_mac_size);
    if (auto* fault = std::get_if<signature_fault>(&parts))
      return *fault;
    auto [text, payload] = std::get<split_result>(parts);
    auto mac = internal::decode_mac(text);
    if (!mac)
      return signature_fault::bad_signature;
    return check_charon(*mac, payload);
  }

  verification check_charon(const mac_bytes& mac, std::string_view payload) {
    for (auto& key : keys_) {
      if (!key.verifies_charon)
        continue;
      mac_bytes expected;
      compute_charon(key, payload, expected);
      if (equal(mac, expected))
        return payload;
    }
    return signature_fault::bad_signature;
  }

  verification verify_v2(std::string_view rest) {
    auto dot = rest.substr(0, key_ring::max_key_id_bytes + 1).find('.');
    if (dot == std::string_view::npos)
      return rest.size() <= key_ring::max_key_id_bytes
               ? signature_fault::too_short
               : signature_fault::unknown_key;
    auto parts = split(rest.substr(dot + 1), sizeof(mac_bytes));
    if (auto* fault = std::get_if<signature_fault>(&parts))
      return *fault;
    auto [mac, payload] = std::get<split_result>(parts);
    auto* named = find(rest.substr(0, dot));
    // An unknown key takes as long as a wrong signature.
    auto& key = named ? *named : keys_.front();
    mac_bytes expected;
    compute_v2(key, payload, expected);
    auto matches = equal(to_mac(mac), expected);
    if (!named)
      return signature_fault::unknown_key;
    if (!matches)
      return signature_fault::bad_signature;
    return payload;
  }

  key_state* find(std::string_view id) {
    for (auto& key : keys_)
      if (key.id == id)
        return &key;
    return nullptr;
  }

  std::vector<key_state> keys_;
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

verification signer::verify(std::string_view stored) {
  return impl_->verify(stored);
}

} // namespace obol
