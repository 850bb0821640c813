#include "demo/narrator.hpp"

#include "obol/error.hpp"

#include <iostream>

namespace obol::demo {

namespace {

constexpr std::size_t column = 34;

std::string padded(const std::string& text) {
  auto missing = text.size() < column ? column - text.size() : 0;
  return text + std::string(missing + 1, ' ');
}

} // namespace

void narrator::step(const std::string& title) {
  std::cout << '\n' << ++steps_ << ". " << title << std::endl;
}

void narrator::tell(const std::string& what, const std::string& outcome) {
  std::cout << "   " << padded(what) << outcome << std::endl;
}

void narrator::check(const std::string& what, const std::string& outcome,
                     bool is_expected) {
  tell(what, outcome + (is_expected ? "" : "   <-- UNEXPECTED"));
  all_expected_ = all_expected_ && is_expected;
}

std::string outcome_of(const caf::expected<session>& x) {
  if (!x)
    return describe(x.error());
  return "stored, lock version " + std::to_string(x->lock_version);
}

std::string code_text(const caf::expected<session>& x) {
  if (x)
    return "stored";
  auto code = code_of(x.error());
  return code ? to_string(*code) : "internal error";
}

} // namespace obol::demo
