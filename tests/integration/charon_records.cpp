#include "charon_records.hpp"

#include "obol/etf/reader.hpp"
#include "obol/etf/writer.hpp"
#include "obol/session_codec.hpp"
#include "obol/signing_key.hpp"

#include <stdexcept>
#include <utility>

namespace obol::test {

namespace {

signer signer_for(std::string_view base_secret) {
  auto key = signing_key::from_bytes(golden_key_bytes(base_secret));
  auto result = signer::make(key_ring::of(std::move(*key)), "charon_",
                             layout::hash_field_expiry);
  return std::move(*result);
}

} // namespace

std::string golden_key_bytes(std::string_view base_secret) {
  for (const auto& x : goldens().keys)
    if (x.base_secret == base_secret)
      return x.key;
  throw std::runtime_error{"a base secret the golden data did not have"};
}

charon_records::charon_records(std::string_view base_secret)
  : signer_(signer_for(base_secret)) {
}

std::string charon_records::payload(std::string_view stored) {
  auto opened = signer_.verify(stored);
  if (auto* bytes = std::get_if<std::string_view>(&opened))
    return std::string{*bytes};
  throw std::runtime_error{"what is stored is not authentic"};
}

session charon_records::decoded(std::string_view stored) {
  auto result = decode_etf(payload(stored), golden_now);
  if (!result)
    throw std::runtime_error{"what is stored is no session"};
  return std::move(*result);
}

std::string charon_records::canonical(std::string_view stored) {
  auto record = etf::read(payload(stored));
  if (!record)
    throw std::runtime_error{"what is stored is no term"};
  return *etf::write(*record);
}

} // namespace obol::test
