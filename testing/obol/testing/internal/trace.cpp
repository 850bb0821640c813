#include "obol/testing/internal/trace.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace obol::testing::internal {

std::string trace::text() const {
  std::string result;
  if (dropped_ > 0)
    result += "(" + std::to_string(dropped_) + " earlier lines dropped)\n";
  for (auto& line : lines_)
    result += line + '\n';
  return result;
}

void trace::add(obol::internal::instant when, std::string_view who,
                const std::string& what) {
  using namespace std::chrono;
  auto us = duration_cast<microseconds>(when.time_since_epoch()).count();
  std::array<char, 32> time;
  std::snprintf(time.data(), time.size(), "%3lld.%06lld ",
                static_cast<long long>(us / 1'000'000),
                static_cast<long long>(us % 1'000'000));
  lines_.push_back(std::string{time.data()}.append(who) + ": " + what);
  if (lines_.size() > capacity_) {
    lines_.pop_front();
    ++dropped_;
  }
}

} // namespace obol::testing::internal
