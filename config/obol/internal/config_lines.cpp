#include "obol/internal/config_lines.hpp"

#include <nlohmann/json.hpp>

#include <iterator>
#include <vector>

namespace obol::internal {

namespace {

using json = nlohmann::json;

/// Walks over a text and counts the lines that were read. The parser reads a
/// key no further than its closing quote.
class counting_iterator {
public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  counting_iterator(const char* place, std::size_t* line)
    : place_(place), line_(line) {
  }

  reference operator*() const {
    return *place_;
  }

  counting_iterator& operator++() {
    *line_ += *place_ == '\n' ? 1 : 0;
    ++place_;
    return *this;
  }

  counting_iterator operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }

  bool operator==(const counting_iterator& other) const {
    return place_ == other.place_;
  }

  bool operator!=(const counting_iterator& other) const {
    return place_ != other.place_;
  }

private:
  const char* place_;
  std::size_t* line_;
};

/// Writes down each key as the parser comes to it. Values mean nothing here.
class key_listener : public nlohmann::json_sax<json> {
public:
  explicit key_listener(const std::size_t* line) : line_(line) {
  }

  bool key(string_t& name) override {
    last_ = name;
    lines[(prefixes_.empty() ? "" : prefixes_.back()) + name] = *line_;
    return true;
  }

  bool start_object(std::size_t) override {
    // The outermost object has no key.
    auto is_outermost = prefixes_.empty();
    prefixes_.push_back(is_outermost ? "" : prefixes_.back() + last_ + '.');
    return true;
  }

  bool end_object() override {
    prefixes_.pop_back();
    return true;
  }

  bool null() override {
    return true;
  }
  bool boolean(bool) override {
    return true;
  }
  bool number_integer(number_integer_t) override {
    return true;
  }
  bool number_unsigned(number_unsigned_t) override {
    return true;
  }
  bool number_float(number_float_t, const string_t&) override {
    return true;
  }
  bool string(string_t&) override {
    return true;
  }
  bool binary(binary_t&) override {
    return true;
  }
  bool start_array(std::size_t) override {
    return true;
  }
  bool end_array() override {
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception&) override {
    return false;
  }

  config_lines lines;

private:
  const std::size_t* line_;
  std::string last_;
  std::vector<std::string> prefixes_;
};

} // namespace

config_lines lines_of_keys(std::string_view text) {
  std::size_t line = 1;
  key_listener result{&line};
  json::sax_parse(counting_iterator{text.data(), &line},
                  counting_iterator{text.data() + text.size(), &line}, &result);
  return std::move(result.lines);
}

} // namespace obol::internal
