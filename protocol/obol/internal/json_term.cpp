#include "obol/internal/json_term.hpp"

#include "obol/etf/limits.hpp"
#include "obol/internal/utf8.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace obol::internal {

namespace {

using json = nlohmann::json;

etf::term term_of_unsigned(std::uint64_t value) {
  std::string magnitude;
  for (; value != 0; value >>= 8)
    magnitude += static_cast<char>(value);
  return etf::term::integer(false, std::move(magnitude));
}

/// Builds the term while the parser walks; false stops the parser.
class term_builder : public nlohmann::json_sax<json> {
public:
  explicit term_builder(std::size_t max_depth) : max_depth_(max_depth) {
  }

  std::optional<etf::term> take_result() {
    return std::move(result_);
  }

  bool null() override {
    return add(etf::term::nil());
  }

  bool boolean(bool value) override {
    return add(value);
  }

  bool number_integer(number_integer_t value) override {
    return add(std::int64_t{value});
  }

  bool number_unsigned(number_unsigned_t value) override {
    return add(term_of_unsigned(value));
  }

  bool number_float(number_float_t value, const string_t&) override {
    return add(value);
  }

  bool string(string_t& value) override {
    return add(std::move(value));
  }

  bool binary(binary_t&) override {
    return false;
  }

  bool start_object(std::size_t) override {
    return open();
  }

  bool key(string_t& value) override {
    open_.back().keys.emplace_back(std::move(value));
    return true;
  }

  bool end_object() override {
    auto done = std::move(open_.back());
    open_.pop_back();
    std::vector<etf::map::pair> pairs;
    pairs.reserve(done.keys.size());
    for (std::size_t i = 0; i < done.keys.size(); ++i)
      pairs.emplace_back(std::move(done.keys[i]), std::move(done.values[i]));
    auto value = etf::map::from_pairs(std::move(pairs));
    return value && add(std::move(*value));
  }

  bool start_array(std::size_t) override {
    return open();
  }

  bool end_array() override {
    auto done = std::move(open_.back());
    open_.pop_back();
    return add(etf::list{std::move(done.values)});
  }

  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception&) override {
    return false;
  }

private:
  struct frame {
    std::vector<etf::term> keys;
    std::vector<etf::term> values;
  };

  bool open() {
    if (open_.size() == max_depth_)
      return false;
    open_.emplace_back();
    return true;
  }

  bool add(etf::term value) {
    if (elements_left_ < 2)
      return false;
    // A key counts with its value.
    elements_left_ -= open_.empty() || open_.back().keys.empty() ? 1 : 2;
    if (open_.empty())
      result_ = std::move(value);
    else
      open_.back().values.push_back(std::move(value));
    return true;
  }

  std::vector<frame> open_;
  std::optional<etf::term> result_;
  std::size_t max_depth_;
  std::size_t elements_left_ = etf::max_elements;
};

// -- writing ------------------------------------------------------------------

/// Appends what JSON can say. Recursive, as deep as the term, which the reader
/// bounded.
class json_writer {
public:
  explicit json_writer(std::string& out) : out_(out) {
  }

  bool append(const etf::term& value) {
    return take_element() && std::visit(*this, value.value());
  }

  bool operator()(std::int64_t x) {
    out_ += std::to_string(x);
    return true;
  }

  bool operator()(const etf::big_integer& x) {
    if (x.negative || x.magnitude.size() > sizeof(std::uint64_t))
      return false;
    std::uint64_t bits = 0;
    for (auto i = x.magnitude.rbegin(); i != x.magnitude.rend(); ++i)
      bits = (bits << 8) | static_cast<std::uint8_t>(*i);
    out_ += std::to_string(bits);
    return true;
  }

  bool operator()(double x) {
    out_ += json(x).dump();
    return true;
  }

  bool operator()(const etf::atom& x) {
    if (x.name != "true" && x.name != "false" && x.name != "nil")
      return false;
    out_ += x.name == "nil" ? "null" : x.name;
    return true;
  }

  bool operator()(const etf::binary& x) {
    return append_json_string(out_, x.bytes);
  }

  bool operator()(const etf::list& x) {
    out_ += '[';
    for (std::size_t i = 0; i < x.items.size(); ++i) {
      if (i > 0)
        out_ += ',';
      if (!append(x.items[i]))
        return false;
    }
    out_ += ']';
    return x.items.empty() || take_element();
  }

  bool operator()(const etf::map& x) {
    out_ += '{';
    auto first = true;
    for (const auto& [key, value] : x.pairs()) {
      auto* name = key.get_if<etf::binary>();
      if (!first)
        out_ += ',';
      first = false;
      if (!name || !take_element() || !append_json_string(out_, name->bytes))
        return false;
      out_ += ':';
      if (!append(value))
        return false;
    }
    out_ += '}';
    return true;
  }

  template <class T>
  bool operator()(const T&) {
    return false;
  }

private:
  /// Counts as the readers do: JSON's counts each key and value, also those
  /// that are one string of bytes in an Erlang term; that of the term which is
  /// made of them counts the end of a list as well.
  bool take_element() {
    if (elements_left_ == 0)
      return false;
    --elements_left_;
    return true;
  }

  std::string& out_;
  // JSON's reader needs one more than it takes.
  std::size_t elements_left_ = etf::max_elements - json_elements_of_session - 1;
};

} // namespace

std::optional<etf::term> term_of_json(std::string_view text,
                                      std::size_t max_depth) {
  if (text.size() > etf::max_bytes)
    return std::nullopt;
  term_builder builder{max_depth};
  if (!json::sax_parse(text, &builder))
    return std::nullopt;
  return builder.take_result();
}

bool append_json(std::string& out, const etf::term& value) {
  return json_writer{out}.append(value);
}

bool append_json_string(std::string& out, std::string_view bytes) {
  if (!utf8_length(bytes))
    return false;
  out += json(bytes).dump();
  return true;
}

} // namespace obol::internal
