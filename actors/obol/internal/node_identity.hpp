#pragma once

#include "obol/internal/sealed_file.hpp"
#include "obol/node_options.hpp"

#include <caf/expected.hpp>

namespace obol::internal {

/// A process' certificate, key and authority, read and found to go together.
struct node_identity {
  /// Fails with `misconfigured`; the text names the option, and what is wrong.
  static caf::expected<node_identity> load(const node_tls& files);

  sealed_file certificate;
  sealed_file key;
  sealed_file authority;
};

} // namespace obol::internal
