#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace obol::test {

/// A session that Charon wrote, in every form the golden data has of it.
struct golden_session {
  std::string name;

  /// The record as tagged terms; null where only blobs are given.
  nlohmann::json fields;

  /// The struct after Charon's upgrade; null if Charon refuses the record.
  nlohmann::json upgraded;

  std::string base_secret;

  /// The plain encoding; empty for the two large ones, of which
  /// `encodings` has the compressed form only.
  std::string etf;

  /// Every encoding there is, with its name.
  std::vector<std::pair<std::string, std::string>> encodings;

  /// Every signed form there is, with its name.
  std::vector<std::pair<std::string, std::string>> stored;

  /// Of the plain encoding, where that is not given itself.
  std::string etf_sha256;
  std::string mac;

  bool was_refused() const {
    return upgraded.is_null();
  }
};

/// A base secret and the key Charon derives from it.
struct golden_key {
  std::string base_secret;
  std::string key;
};

struct golden_sessions {
  std::vector<golden_session> sessions;
  std::vector<golden_session> written_by_3_4_1;
  std::vector<golden_key> keys;

  const golden_session& named(std::string_view name) const;
};

/// The clock and the refresh token lifetime when the goldens were made.
inline constexpr std::int64_t golden_now = 1'795'296'539;

std::string from_hex(std::string_view digits);

/// A whole file of golden data.
nlohmann::json read_golden_file(const std::string& path);

golden_sessions read_golden_sessions(const std::string& folder);

#ifdef OBOL_GOLDEN_DIR

/// The sessions, read once.
inline const golden_sessions& goldens() {
  static const auto result = read_golden_sessions(OBOL_GOLDEN_DIR);
  return result;
}

#endif

} // namespace obol::test
