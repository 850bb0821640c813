#include "obol/internal/sealing.hpp"

#include "obol/function_library.hpp"

#include <utility>

namespace obol::internal {

session_commands make_commands(const store_context& store, layout kind) {
  auto& library = kind == layout::three_set ? library_for_three_set()
                                            : library_for_hash_field_expiry();
  return {keyspace{store.options.key_prefix, kind}, library.name,
          store.options.write_guard};
}

session_sealer make_sealer(const store_context& store, layout kind) {
  sealing_options result;
  result.keys = store.keys;
  result.payload_format = store.options.payload_format;
  result.signature_format = store.options.signature_format;
  result.key_prefix = store.options.key_prefix;
  result.layout = kind;
  result.max_session_bytes = store.options.max_session_bytes;
  result.refresh_token_ttl = std::chrono::duration_cast<std::chrono::seconds>(
    store.options.refresh_token_ttl);
  // Options were validated when the store was spawned.
  return std::move(*session_sealer::make(std::move(result)));
}

} // namespace obol::internal
