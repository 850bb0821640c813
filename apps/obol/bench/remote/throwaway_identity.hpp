#pragma once

#include "obol/node_options.hpp"

#include <caf/expected.hpp>

#include <filesystem>

namespace obol::bench {

/// A key and a certificate for 127.0.0.1 that is its own authority: for
/// processes that believe nobody but themselves, for a day. The files are gone
/// with this object.
class throwaway_identity {
public:
  /// Fails with `unavailable` if no files can be written.
  static caf::expected<throwaway_identity> make();

  ~throwaway_identity();
  throwaway_identity(throwaway_identity&&) noexcept;
  throwaway_identity& operator=(throwaway_identity&&) = delete;

  const node_tls& files() const {
    return files_;
  }

private:
  explicit throwaway_identity(std::filesystem::path directory);

  std::filesystem::path directory_;
  node_tls files_;
};

} // namespace obol::bench
