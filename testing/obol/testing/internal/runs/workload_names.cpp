#include "obol/testing/internal/runs/workload_names.hpp"

namespace obol::testing::internal {

namespace {

constexpr std::array<std::string_view, 5> workload_words
  = {"hot_sessions", "login_product", "pool_stress", "start_up", "fleet"};

constexpr std::array<std::string_view, 4> mistake_words
  = {"none", "charon_rule", "blind_resend", "reread"};

template <class T, std::size_t N>
std::optional<T> find(const std::array<std::string_view, N>& words,
                      std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (words[i] == name)
      return static_cast<T>(i);
  return std::nullopt;
}

} // namespace

std::string to_string(workload_kind x) {
  return std::string{workload_words[static_cast<std::size_t>(x)]};
}

std::optional<workload_kind> workload_named(std::string_view name) {
  return find<workload_kind>(workload_words, name);
}

std::string to_string(known_bad x) {
  return std::string{mistake_words[static_cast<std::size_t>(x)]};
}

std::optional<known_bad> known_bad_named(std::string_view name) {
  return find<known_bad>(mistake_words, name);
}

} // namespace obol::testing::internal
