#include "obol/internal/status.hpp"

namespace obol::internal {

namespace {

const char* name_of(layout x) {
  switch (x) {
    case layout::automatic:
      break;
    case layout::hash_field_expiry:
      return "hash_field_expiry";
    case layout::three_set:
      return "three_set";
  }
  return "";
}

} // namespace

store_status status_of(const store_context& store,
                       const registration& functions) {
  store_status result;
  result.layout = name_of(functions.layout);
  result.server = functions.server.name;
  if (!functions.server.version.empty())
    result.server += " " + functions.server.version;
  result.ignored = store.counters.ignored_by_reason();
  result.connections_opened = store.counters.connections_opened.load();
  result.connections_lost = store.counters.connections_lost();
  result.functions_loaded = store.counters.functions_loaded.sum();
  return result;
}

} // namespace obol::internal
