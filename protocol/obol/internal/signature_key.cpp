#include "obol/internal/signature_key.hpp"

#include "obol/internal/etf_put.hpp"

namespace obol::internal {

namespace {

constexpr std::string_view v2_name = "signed_v2";

} // namespace

signature_key::signature_key(const key_ring& keys, std::size_t index,
                             std::string_view key_prefix,
                             std::string_view layout_version)
  : id_(keys.key_id(index)), mac_(keys.key(index)),
    verifies_charon_(keys.verifies_charon(index)) {
  for (auto part :
       {v2_name, std::string_view{id_}, key_prefix, layout_version}) {
    put_u32(bound_, part.size());
    bound_ += part;
  }
}

void signature_key::compute(std::string_view payload, bool is_v2,
                            mac_bytes& result) const {
  if (!is_v2) {
    mac_.compute({&payload, 1}, result);
    return;
  }
  std::string size;
  put_u32(size, payload.size());
  const std::string_view parts[] = {bound_, size, payload};
  mac_.compute(parts, result);
}

void signature_key::add_to(mac_batch& batch, std::string_view payload,
                           bool is_v2) const {
  std::string head;
  if (is_v2) {
    head = bound_;
    put_u32(head, payload.size());
  }
  batch.add(mac_, head, payload);
}

} // namespace obol::internal
