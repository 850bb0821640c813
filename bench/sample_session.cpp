#include "sample_session.hpp"

#include <string>
#include <utility>

namespace obol::bench {

namespace {

constexpr std::size_t payload_filler = 260;

} // namespace

session sample_session() {
  session x;
  x.id = "bench00000000000000042";
  x.user_id = 4242;
  x.created_at = sample_time - 3'600;
  x.refreshed_at = x.tokens_fresh_from = sample_time - 60;
  x.prev_tokens_fresh_from = sample_time - 120;
  x.refresh_expires_at = sample_time + 3'600;
  x.expires_at = sample_time + 24 * 3'600;
  x.refresh_token_id = "cmVmcmVzaC10b2tlbi0xMg";
  x.lock_version = 7;
  x.extra_payload = *extra_payload::from_json(
    R"({"device":")" + std::string(payload_filler, 'x')
    + R"(","roles":["user","admin"]})");
  return x;
}

std::shared_ptr<const key_ring> sample_keys() {
  auto key = signing_key::from_bytes(std::string(signing_key::size, 'k'));
  return key_ring::of(std::move(*key));
}

} // namespace obol::bench
