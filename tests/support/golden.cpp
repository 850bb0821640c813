#include "support/golden.hpp"

#include <fstream>
#include <stdexcept>

namespace obol::test {

namespace {

using json = nlohmann::json;

constexpr std::pair<const char*, const char*> encoding_names[] = {
  {"etf", "etf_hex"},
  {"deterministic", "etf_deterministic_hex"},
  {"minor1", "etf_minor1_hex"},
  {"minor0", "etf_minor0_hex"},
  {"compressed", "etf_compressed_hex"},
};

constexpr std::pair<const char*, const char*> stored_names[] = {
  {"signed", "signed_hex"},
  {"signed_u64", "signed_u64_hex"},
};

std::string hex_at(const json& source, const char* name) {
  return source.contains(name) ? from_hex(source.at(name).get<std::string>())
                               : std::string{};
}

golden_session read_session(const json& source) {
  golden_session result;
  result.name = source.at("name");
  result.fields = source.value("fields", json{});
  if (source.contains("upgraded"))
    result.upgraded = source.at("upgraded").value("ok", json{});
  result.base_secret = source.value("base_secret_utf8", "supersecret");
  result.etf = hex_at(source, "etf_hex");
  result.etf_sha256 = hex_at(source, "etf_sha256");
  result.mac = hex_at(source, "mac_hex");
  for (auto [name, member] : encoding_names)
    if (source.contains(member))
      result.encodings.emplace_back(name, hex_at(source, member));
  for (auto [name, member] : stored_names)
    if (source.contains(member))
      result.stored.emplace_back(name, hex_at(source, member));
  return result;
}

} // namespace

std::string from_hex(std::string_view digits) {
  std::string result;
  result.reserve(digits.size() / 2);
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    result += static_cast<char>(
      std::stoi(std::string{digits.substr(i, 2)}, nullptr, 16));
  return result;
}

json read_golden_file(const std::string& path) {
  std::ifstream file{path};
  if (!file)
    throw std::runtime_error{"no golden data at " + path};
  return json::parse(file);
}

golden_sessions read_golden_sessions(const std::string& folder) {
  auto source = read_golden_file(folder + "/sessions.json");
  golden_sessions result;
  for (const auto& x : source.at("sessions"))
    result.sessions.push_back(read_session(x));
  for (const auto& x : source.at("sessions_written_by_3_4_1"))
    result.written_by_3_4_1.push_back(read_session(x));
  for (const auto& x : source.at("signing_keys"))
    result.keys.push_back({hex_at(x, "base_secret_hex"), hex_at(x, "key_hex")});
  return result;
}

const golden_session& golden_sessions::named(std::string_view name) const {
  for (const auto& x : sessions)
    if (x.name == name)
      return x;
  throw std::runtime_error{"no golden session of that name"};
}

} // namespace obol::test
