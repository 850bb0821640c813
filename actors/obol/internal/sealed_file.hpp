#pragma once

#include <caf/expected.hpp>

#include <string>

namespace obol::internal {

/// A file as it was when it was opened, held in memory under a name that others
/// can open: CAF's OpenSSL module reads its files again for each connection,
/// and ends the process if one of them is not there or does not fit the others.
class sealed_file {
public:
  /// Fails with `misconfigured` if the file cannot be read or is larger than
  /// 1 MiB; the text begins with `option`.
  static caf::expected<sealed_file> open(const char* option,
                                         const std::string& path);

  sealed_file(sealed_file&& other) noexcept;
  sealed_file& operator=(sealed_file&& other) noexcept;
  ~sealed_file();

  /// For this process only, as long as this lives.
  std::string path() const;

private:
  explicit sealed_file(int descriptor) : descriptor_(descriptor) {
  }

  int descriptor_ = -1;
};

} // namespace obol::internal
