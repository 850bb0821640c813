#include "fleet/load_plan.hpp"

#include <functional>
#include <map>

namespace obol::test {

namespace {

/// How one setting is written and read.
struct setting {
  std::function<std::string(const load_plan&)> write;
  std::function<void(load_plan&, const std::string&)> read;
};

template <class Number>
setting number(Number load_plan::*at) {
  return {[at](const load_plan& x) { return std::to_string(x.*at); },
          [at](load_plan& x, const std::string& text) {
            x.*at = static_cast<Number>(std::stoll(text));
          }};
}

template <class Duration>
setting duration(Duration load_plan::*at) {
  return {[at](const load_plan& x) { return std::to_string((x.*at).count()); },
          [at](load_plan& x, const std::string& text) {
            x.*at = Duration{std::stoll(text)};
          }};
}

const std::map<std::string, setting>& settings() {
  using plan = load_plan;
  static const std::map<std::string, setting> result{
    {"begin",
     {[](const plan& x) {
        return std::to_string(x.begin.time_since_epoch().count());
      },
      [](plan& x, const std::string& text) {
        x.begin
          = plan::clock::time_point{std::chrono::nanoseconds{std::stoll(text)}};
      }}},
    {"begin_seconds", number(&plan::begin_seconds)},
    {"end_mark",
     {[](const plan& x) { return x.end_mark.string(); },
      [](plan& x, const std::string& text) { x.end_mark = text; }}},
    {"limit", duration(&plan::limit)},
    {"process", number(&plan::process)},
    {"processes", number(&plan::processes)},
    {"users", number(&plan::users)},
    {"first_user", number(&plan::first_user)},
    {"turn", duration(&plan::turn)},
    {"lifetime", duration(&plan::lifetime)},
    {"pause", duration(&plan::pause)},
    {"deadline", duration(&plan::deadline)},
  };
  return result;
}

} // namespace

std::vector<std::string> load_plan::words() const {
  std::vector<std::string> result;
  for (auto& [name, how] : settings())
    result.push_back(name + '=' + how.write(*this));
  return result;
}

bool load_plan::take(const std::string& word) {
  auto sign = word.find('=');
  auto found = settings().find(word.substr(0, sign));
  if (sign == std::string::npos || found == settings().end())
    return false;
  found->second.read(*this, word.substr(sign + 1));
  return true;
}

} // namespace obol::test
