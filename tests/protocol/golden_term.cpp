#include "golden_term.hpp"

#include <bit>
#include <stdexcept>

#include "support/golden.hpp"

namespace obol::test {

namespace {

using nlohmann::json;

std::vector<etf::term> terms_of(const json& tagged) {
  std::vector<etf::term> result;
  for (const auto& x : tagged)
    result.push_back(term_of(x));
  return result;
}

/// Base 256 from base 10, digit by digit.
etf::term integer_of(std::string digits) {
  auto negative = digits.front() == '-';
  std::string magnitude;
  for (auto c : digits.substr(negative ? 1 : 0)) {
    auto carry = static_cast<unsigned>(c - '0');
    for (auto& byte : magnitude) {
      carry += static_cast<unsigned char>(byte) * 10u;
      byte = static_cast<char>(carry);
      carry /= 256;
    }
    if (carry > 0)
      magnitude += static_cast<char>(carry);
  }
  return etf::term::integer(negative, std::move(magnitude));
}

etf::term map_of(const json& pairs) {
  std::vector<etf::map::pair> result;
  for (const auto& x : pairs)
    result.emplace_back(term_of(x.at(0)), term_of(x.at(1)));
  return etf::map::from_pairs(std::move(result)).value();
}

} // namespace

etf::term term_of(const json& tagged) {
  auto kind = tagged.at("t").get<std::string>();
  auto bytes = [&] { return from_hex(tagged.at("hex").get<std::string>()); };
  if (kind == "atom")
    return etf::atom{tagged.at("v")};
  if (kind == "int")
    return integer_of(tagged.at("v"));
  if (kind == "float")
    return std::bit_cast<double>(static_cast<std::uint64_t>(
      std::stoull(tagged.at("ieee754_hex").get<std::string>(), nullptr, 16)));
  if (kind == "binary")
    return bytes();
  if (kind == "bitstring") {
    auto bits = tagged.at("bits").get<unsigned>() % 8;
    return etf::bitstring{bytes(), static_cast<std::uint8_t>(bits)};
  }
  if (kind == "list")
    return etf::list{terms_of(tagged.at("v"))};
  if (kind == "improper_list")
    return etf::term::cons(terms_of(tagged.at("v")),
                           term_of(tagged.at("tail")));
  if (kind == "list_repeat")
    return etf::list{std::vector<etf::term>(tagged.at("n").get<std::size_t>(),
                                            term_of(tagged.at("of")))};
  if (kind == "tuple")
    return etf::tuple{terms_of(tagged.at("v"))};
  if (kind == "map")
    return map_of(tagged.at("v"));
  throw std::runtime_error{"a kind of term the golden data did not have"};
}

std::shared_ptr<const key_ring> golden_ring(std::string_view base_secret) {
  for (const auto& x : goldens().keys)
    if (x.base_secret == base_secret)
      return key_ring::of(std::move(*signing_key::from_bytes(x.key)));
  throw std::runtime_error{"a base secret the golden data did not have"};
}

} // namespace obol::test
