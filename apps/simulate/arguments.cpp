#include "arguments.hpp"

#include <charconv>
#include <string_view>
#include <thread>

namespace simulate {

namespace {

using namespace obol::testing;
using namespace obol::testing::internal;

constexpr std::uint64_t jobs_max = 256;
constexpr std::uint64_t trace_lines_max = 1'000'000;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t result = 0;
  auto end = text.data() + text.size();
  auto [read, failure] = std::from_chars(text.data(), end, result);
  if (failure != std::errc{} || read != end)
    return std::nullopt;
  return result;
}

/// Takes one option with its value; answers what is wrong with it.
class option_reader {
public:
  explicit option_reader(arguments& into) : into_(into) {
  }

  std::string take(std::string_view name, std::string_view value) {
    if (name == "--seed") {
      into_.single = true;
      into_.campaign.seeds = 1;
      return take_number(name, value, 1, UINT64_MAX, into_.campaign.first_seed);
    }
    if (name == "--first")
      return take_number(name, value, 1, UINT64_MAX, into_.campaign.first_seed);
    if (name == "--seeds")
      return take_number(name, value, 1, UINT64_MAX, into_.campaign.seeds);
    if (name == "--jobs") {
      std::uint64_t jobs = 0;
      auto wrong = take_number(name, value, 1, jobs_max, jobs);
      into_.campaign.jobs = static_cast<unsigned>(jobs);
      return wrong;
    }
    if (name == "--lines") {
      into_.trace = true;
      std::uint64_t lines = 0;
      auto wrong = take_number(name, value, 1, trace_lines_max, lines);
      into_.trace_lines = lines;
      return wrong;
    }
    if (name == "--workload")
      return take_word(name, value, workload_named, into_.campaign.workload,
                       "hot_sessions, login_product, pool_stress, start_up");
    if (name == "--mistake") {
      std::optional<known_bad> which;
      auto wrong = take_word(name, value, known_bad_named, which,
                             "none, charon_rule, blind_resend, reread");
      into_.campaign.mistake = which.value_or(known_bad::none);
      return wrong;
    }
    if (name == "--faults")
      return take_faults(value);
    return "unknown option " + std::string{name};
  }

private:
  static std::string take_number(std::string_view name, std::string_view value,
                                 std::uint64_t low, std::uint64_t high,
                                 std::uint64_t& into) {
    auto x = number(value);
    if (!x || *x < low || *x > high)
      return std::string{name} + " must be a number from " + std::to_string(low)
             + " to " + std::to_string(high) + ", not \"" + std::string{value}
             + "\"";
    into = *x;
    return {};
  }

  template <class T>
  static std::string take_word(std::string_view name, std::string_view value,
                               std::optional<T> (*find)(std::string_view),
                               std::optional<T>& into, const char* allowed) {
    into = find(value);
    if (into)
      return {};
    return std::string{name} + " must be one of " + allowed + ", not \""
           + std::string{value} + "\"";
  }

  std::string take_faults(std::string_view value) {
    std::vector<fault> result;
    while (!value.empty()) {
      auto word = value.substr(0, value.find(','));
      value.remove_prefix(std::min(value.size(), word.size() + 1));
      if (word == "none")
        continue;
      auto one = fault_named(word);
      if (!one)
        return "--faults: there is no fault \"" + std::string{word}
               + "\"; --help lists them";
      result.push_back(*one);
    }
    into_.campaign.faults = std::move(result);
    return {};
  }

  arguments& into_;
};

} // namespace

std::optional<arguments> parse(int argc, char** argv, std::string& failure) {
  arguments result;
  result.campaign.jobs = std::max(1u, std::thread::hardware_concurrency());
  option_reader reader{result};
  for (int i = 1; i < argc; ++i) {
    std::string_view name = argv[i];
    if (name == "--help" || name == "-h") {
      result.help = true;
    } else if (name == "--trace") {
      result.trace = true;
    } else if (name == "--quiet") {
      result.quiet = true;
    } else if (i + 1 == argc) {
      failure = name.starts_with("--") ? std::string{name} + " needs a value"
                                       : "unknown word " + std::string{name};
      return std::nullopt;
    } else {
      failure = reader.take(name, argv[++i]);
      if (!failure.empty())
        return std::nullopt;
    }
  }
  return result;
}

std::string usage() {
  std::string result = R"(usage: obol_simulate [options]

Runs whole stores in simulated worlds, one for each seed, and holds what their
clients saw against the rules. The same seed gives the same run.

  --seeds N        how many seeds (1000)
  --first S        the first of them (1)
  --seed S         this one only
  --workload W     hot_sessions, login_product, pool_stress, start_up
                   or fleet
                   (each seed has its own)
  --faults A,B     only these faults, all of them in every run; or none
                   (each seed has its own)
  --mistake M      a store that is known to be wrong: charon_rule, blind_resend
                   or reread; a failure is then what should come out
  --trace          print what happened, event by event
  --lines N        how many of the last events to print (200)
  --jobs N         how many threads (all cores)
  --quiet          no progress and no totals
  --help           this

Exit codes: 0 all seeds passed, 1 a seed failed or a fault never had an effect,
2 wrong usage.

Faults:)";
  for (auto x : all_faults())
    result += "\n  " + to_string(x);
  return result + '\n';
}

} // namespace simulate
