#include "bench/workload.hpp"

namespace obol::bench {

std::string_view name_of(workload x) {
  switch (x) {
    case workload::get:
      return "get";
    case workload::miss:
      return "miss";
    case workload::login:
      return "login";
    case workload::refresh:
      return "refresh";
    case workload::upsert:
      return "upsert";
    case workload::list:
      return "list";
    case workload::mixed:
      return "mixed";
  }
  return "?";
}

std::optional<workload> workload_named(std::string_view name) {
  for (auto x : all_workloads)
    if (name_of(x) == name)
      return x;
  return std::nullopt;
}

} // namespace obol::bench
