#include "cli/arguments.hpp"

#include "cli/exit_code.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace obol::cli {

namespace {

constexpr std::string_view switches[]
  = {"all",  "decode", "growth",      "help",   "help-options",
     "json", "quiet",  "server-time", "verify", "version"};

constexpr std::string_view flags_with_value[]
  = {"before",          "by",        "clients",  "idle",      "open",
     "others",          "payload",   "per-user", "plot",      "processors",
     "redis-benchmark", "remote",    "rounds",   "scheduler", "seconds",
     "server",          "sessions",  "stored",   "type",      "user-kind",
     "workloads",       "yardsticks"};

template <class List>
bool contains(const List& list, std::string_view x) {
  return std::find(std::begin(list), std::end(list), x) != std::end(list);
}

bool is_flag(std::string_view text) {
  return text.size() > 1 && text.front() == '-' && text != "--";
}

/// One flag in its two spellings.
struct flag_text {
  std::string name;
  std::optional<std::string> value;
};

flag_text take_apart(std::string_view text) {
  text.remove_prefix(2);
  auto equals = text.find('=');
  if (equals == std::string_view::npos)
    return {std::string{text}, std::nullopt};
  return {std::string{text.substr(0, equals)},
          std::string{text.substr(equals + 1)}};
}

caf::error unknown(const std::string& flag) {
  return usage_error("there is no flag " + printable(flag)
                     + "; `obol --help` and `obol --help-options` show all");
}

class parser {
public:
  explicit parser(const std::vector<std::string>& list) : list_(list) {
  }

  caf::error parse() {
    if (list_.size() > max_words)
      return usage_error("more than " + std::to_string(max_words) + " words");
    while (next_ < list_.size()) {
      const auto& text = list_[next_++];
      if (text == "--" && !only_words_)
        only_words_ = true;
      else if (only_words_ || !is_flag(text))
        add_word(text);
      else if (auto error = add_flag(text))
        return error;
    }
    return {};
  }

  arguments result;

private:
  void add_word(const std::string& text) {
    if (result.command.empty())
      result.command = text;
    else
      result.words.push_back(text);
  }

  caf::error add_flag(const std::string& text) {
    if (text == "-h")
      return add_switch({"help", std::nullopt});
    if (!text.starts_with("--"))
      return unknown(text);
    auto flag = take_apart(text);
    if (contains(switches, flag.name))
      return add_switch(std::move(flag));
    auto is_ours = contains(flags_with_value, flag.name);
    if (!is_ours && !is_option_flag("--" + flag.name))
      return unknown("--" + flag.name);
    if (!flag.value
        && (next_ == list_.size() || list_[next_].starts_with("--")))
      return usage_error("--" + flag.name + " needs a value");
    auto value = flag.value ? std::move(*flag.value) : list_[next_++];
    if (!is_ours)
      result.options.emplace_back("--" + flag.name, std::move(value));
    else if (!result.flags.emplace(flag.name, std::move(value)).second)
      return usage_error("--" + flag.name + " is given twice");
    return {};
  }

  caf::error add_switch(flag_text flag) {
    if (flag.value)
      return usage_error("--" + flag.name + " takes no value");
    result.flags.emplace(std::move(flag.name), std::string{});
    return {};
  }

  const std::vector<std::string>& list_;
  std::size_t next_ = 0;
  bool only_words_ = false;
};

} // namespace

std::optional<std::string> arguments::value_of(std::string_view flag) const {
  auto found = flags.find(flag);
  if (found == flags.end())
    return std::nullopt;
  return found->second;
}

caf::expected<arguments> parse_arguments(const std::vector<std::string>& list) {
  parser worker{list};
  if (auto error = worker.parse())
    return error;
  return std::move(worker.result);
}

} // namespace obol::cli
