#include "obol/internal/signature_claim.hpp"

#include "obol/internal/base64.hpp"

#include <cstring>

namespace obol::internal {

namespace {

mac_bytes to_mac(std::string_view bytes) {
  mac_bytes result;
  std::memcpy(result.data(), bytes.data(), result.size());
  return result;
}

/// The payload behind a MAC of so many bytes and a dot, or why there is none.
verification payload_behind(std::string_view rest, std::size_t mac_size) {
  if (rest.size() < mac_size + 1)
    return signature_fault::too_short;
  if (rest[mac_size] != '.')
    return signature_fault::bad_signature;
  return rest.substr(mac_size + 1);
}

parsed_claim parse_charon(std::string_view rest) {
  auto found = payload_behind(rest, sizeof(mac_bytes));
  if (auto* fault = std::get_if<signature_fault>(&found))
    return *fault;
  return signature_claim{
    false, {}, to_mac(rest), std::get<std::string_view>(found)};
}

parsed_claim parse_charon_text(std::string_view rest) {
  auto found = payload_behind(rest, encoded_mac_size);
  if (auto* fault = std::get_if<signature_fault>(&found))
    return *fault;
  auto mac = decode_mac(rest.substr(0, encoded_mac_size));
  if (!mac)
    return signature_fault::bad_signature;
  return signature_claim{false, {}, *mac, std::get<std::string_view>(found)};
}

parsed_claim parse_v2(std::string_view rest) {
  auto dot = rest.substr(0, key_ring::max_key_id_bytes + 1).find('.');
  if (dot == std::string_view::npos)
    return rest.size() <= key_ring::max_key_id_bytes
             ? signature_fault::too_short
             : signature_fault::unknown_key;
  auto behind = rest.substr(dot + 1);
  auto found = payload_behind(behind, sizeof(mac_bytes));
  if (auto* fault = std::get_if<signature_fault>(&found))
    return *fault;
  return signature_claim{true, rest.substr(0, dot), to_mac(behind),
                         std::get<std::string_view>(found)};
}

} // namespace

parsed_claim parse_claim(std::string_view stored) {
  auto begins
    = [stored](std::string_view head) { return stored.starts_with(head); };
  if (begins(charon_head))
    return parse_charon(stored.substr(charon_head.size()));
  if (begins(v2_head))
    return parse_v2(stored.substr(v2_head.size()));
  if (begins(charon_text_head))
    return parse_charon_text(stored.substr(charon_text_head.size()));
  return signature_fault::unknown_format;
}

} // namespace obol::internal
