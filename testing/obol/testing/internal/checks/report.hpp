#pragma once

#include "obol/testing/checker.hpp"
#include "obol/testing/internal/checks/facts.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace obol::testing::internal {

enum class rule : std::uint8_t {
  a1,
  a2,
  a3,
  a4,
  a5,
  r0,
  r1,
  r2,
  r3,
  r4,
  r5,
  r6,
  r7,
  r8,
  r9,
  r10,
  r11,
};

inline constexpr std::size_t rule_count
  = static_cast<std::size_t>(rule::r11) + 1;

/// "A1" to "R11".
std::string_view to_string(rule x);

/// Where the checks write down what they find.
class report {
public:
  report(const facts& known, verdict& result) : facts_(known), result_(result) {
  }

  /// These operations break the rule, whatever happened to the server.
  void convict(rule which, std::string_view why,
               std::initializer_list<op_index> evidence);

  /// They break the rule, unless the server lost data in this time.
  void convict_unless_lost(rule which, std::string_view why,
                           std::initializer_list<op_index> evidence,
                           moment from, moment until);

private:
  const facts& facts_;
  verdict& result_;
  std::array<std::size_t, rule_count> reported_{};
};

} // namespace obol::testing::internal
