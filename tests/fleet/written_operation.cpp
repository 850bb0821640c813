#include "fleet/written_operation.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace obol::test {

namespace {

using nlohmann::json;
using obol::testing::moment;

json to_json(const testing::operation& x) {
  return {{"number", x.number},
          {"kind", static_cast<int>(x.what)},
          {"client", x.client},
          {"invoked", x.invoked.count()},
          {"deadline", x.deadline.count()},
          {"completed", x.completed.count()},
          {"answers", x.answers},
          {"base", x.base},
          {"chain", x.chain},
          {"created_at", x.created_at.count()},
          {"expires_at", x.expires_at.count()},
          {"error", x.error ? static_cast<int>(*x.error) : 0},
          {"foreign", x.foreign_error},
          {"count", x.count}};
}

testing::operation operation_of(const json& x) {
  testing::operation result;
  result.number = x["number"];
  result.what
    = static_cast<enum testing::operation::kind>(x["kind"].get<int>());
  result.client = x["client"];
  result.invoked = moment{x["invoked"].get<std::int64_t>()};
  result.deadline = moment{x["deadline"].get<std::int64_t>()};
  result.completed = moment{x["completed"].get<std::int64_t>()};
  result.answers = x["answers"];
  result.base = x["base"];
  result.chain = x["chain"].get<std::vector<testing::op_number>>();
  result.created_at = moment{x["created_at"].get<std::int64_t>()};
  result.expires_at = moment{x["expires_at"].get<std::int64_t>()};
  if (auto code = x["error"].get<int>())
    result.error = static_cast<ec>(code);
  result.foreign_error = x["foreign"];
  result.count = x["count"];
  return result;
}

json to_json(const written_operation& x) {
  auto result = to_json(x.what);
  result["id"] = x.session.id;
  result["user"] = x.session.user;
  result["seen"] = json::array();
  for (std::size_t i = 0; i < x.seen.size(); ++i) {
    const auto& one = x.what.seen[i];
    result["seen"].push_back({{"id", x.seen[i].id},
                              {"user", x.seen[i].user},
                              {"version", one.version},
                              {"expires_at", one.expires_at.count()},
                              {"chain", one.chain}});
  }
  return result;
}

written_operation written_of(const json& x) {
  written_operation result{operation_of(x), {x["id"], x["user"]}, {}};
  for (const auto& one : x["seen"]) {
    result.seen.push_back({one["id"], one["user"]});
    result.what.seen.push_back(
      {0, 0, one["version"], moment{one["expires_at"].get<std::int64_t>()},
       one["chain"].get<std::vector<testing::op_number>>()});
  }
  return result;
}

/// Gives names numbers from 1, in the order in which they come.
template <class Name>
class numbers {
public:
  std::uint32_t of(const Name& name) {
    auto next = static_cast<std::uint32_t>(known_.size() + 1);
    return known_.emplace(name, next).first->second;
  }

private:
  std::map<Name, std::uint32_t> known_;
};

/// The operations' new numbers: their places in the order of the history.
using places = std::unordered_map<testing::op_number, testing::op_number>;

void renumber(std::vector<testing::op_number>& chain, const places& to) {
  for (auto& number : chain) {
    auto found = to.find(number);
    // One that nobody wrote is for the checker to find.
    number = found == to.end() ? 0 : found->second;
  }
}

} // namespace

std::string to_line(const written_operation& x) {
  return to_json(x).dump();
}

std::vector<written_operation>
read_operations(const std::filesystem::path& from) {
  std::ifstream file{from};
  if (!file)
    throw std::runtime_error{"operations cannot be read"};
  std::vector<written_operation> result;
  for (std::string line; std::getline(file, line);)
    result.push_back(written_of(json::parse(line)));
  return result;
}

testing::history merge(std::vector<written_operation> all) {
  std::stable_sort(all.begin(), all.end(), [](const auto& x, const auto& y) {
    return x.what.invoked < y.what.invoked;
  });
  places to;
  for (const auto& x : all)
    to.emplace(x.what.number, static_cast<testing::op_number>(to.size() + 1));
  numbers<std::string> sessions;
  numbers<std::int64_t> sets;
  testing::history result;
  for (auto& x : all) {
    auto& what = x.what;
    what.number = to.at(what.number);
    renumber(what.chain, to);
    what.session = x.session.id.empty() ? 0 : sessions.of(x.session.id);
    what.set = sets.of(x.session.user);
    for (std::size_t i = 0; i < x.seen.size(); ++i) {
      what.seen[i].session = sessions.of(x.seen[i].id);
      what.seen[i].set = sets.of(x.seen[i].user);
      renumber(what.seen[i].chain, to);
    }
    result.operations.push_back(std::move(what));
  }
  return result;
}

} // namespace obol::test
