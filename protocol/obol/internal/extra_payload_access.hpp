#pragma once

#include "obol/extra_payload.hpp"

namespace obol::internal {

/// Makes payloads of bytes that were checked already.
struct extra_payload_access {
  /// @pre `map` is one map that `etf_cursor::skip_term` accepts.
  static extra_payload adopt(std::string_view map) {
    extra_payload result;
    result.etf_ = map;
    return result;
  }

  static extra_payload adopt(std::string&& map) {
    extra_payload result;
    result.etf_ = std::move(map);
    return result;
  }
};

} // namespace obol::internal
