#include "obol/key_ring.hpp"

#include "obol/internal/errors.hpp"
#include "obol/internal/secret_page.hpp"

#include <algorithm>

namespace obol {

namespace {

bool is_key_id_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
         || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_key_id(const std::string& x) {
  return !x.empty() && x.size() <= key_ring::max_key_id_bytes
         && std::all_of(x.begin(), x.end(), is_key_id_character);
}

} // namespace

caf::expected<std::shared_ptr<const key_ring>>
key_ring::make(member signing, std::vector<member> verifying) {
  if (verifying.size() > max_verifying_keys)
    return internal::invalid_argument(
      "key ring: must have at most 16 keys beside the signing key");
  std::vector<std::string> ids{signing.key_id};
  for (const auto& x : verifying)
    ids.push_back(x.key_id);
  if (!std::all_of(ids.begin(), ids.end(), is_key_id))
    return internal::invalid_argument(
      "key id: must have 1 to 8 letters, digits, \"_\" or \"-\"");
  std::sort(ids.begin(), ids.end());
  if (std::adjacent_find(ids.begin(), ids.end()) != ids.end())
    return internal::invalid_argument("key id: must not stand twice in a ring");
  return std::shared_ptr<const key_ring>{new key_ring{signing, verifying}};
}

std::shared_ptr<const key_ring> key_ring::of(signing_key key) {
  member only{"1", std::move(key)};
  return std::shared_ptr<const key_ring>{new key_ring{only, {}}};
}

key_ring::key_ring(const member& signing, const std::vector<member>& verifying)
  : keys_(std::make_unique<internal::secret_page>((verifying.size() + 1)
                                                  * signing_key::size)) {
  entries_.reserve(verifying.size() + 1);
  add(signing);
  for (const auto& x : verifying)
    add(x);
}

key_ring::~key_ring() = default;

std::span<const unsigned char> key_ring::key(std::size_t index) const {
  const auto& keys = *keys_;
  return keys.bytes().subspan(index * signing_key::size, signing_key::size);
}

void key_ring::add(const member& x) {
  auto begin = entries_.size() * signing_key::size;
  auto place = keys_->bytes().subspan(begin, signing_key::size);
  const auto& bytes = x.key.bytes();
  std::copy(bytes.begin(), bytes.end(), place.begin());
  entries_.push_back({x.key_id, x.verifies_charon});
}

} // namespace obol
