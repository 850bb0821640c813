#include "obol/internal/read_file.hpp"

#include "obol/error.hpp"
#include "obol/internal/parse_value.hpp"
#include "obol/secret.hpp"

#include <cstdio>
#include <memory>

namespace obol::internal {

namespace {

struct closer {
  void operator()(std::FILE* file) const {
    std::fclose(file);
  }
};

caf::error problem(const std::string& what, const std::string& path,
                   const std::string& text) {
  return caf::make_error(ec::invalid_argument,
                         what + ": the file " + shown(path) + " " + text);
}

} // namespace

caf::expected<std::string>
read_file(const std::string& what, const std::string& path, std::size_t limit) {
  std::unique_ptr<std::FILE, closer> file{std::fopen(path.c_str(), "rb")};
  if (!file)
    return problem(what, path, "cannot be opened");
  // Unbuffered, so that no secret stays behind in the stream's buffer.
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  // One allocation: growing would leave copies of a secret behind.
  std::string result(limit + 1, '\0');
  auto size = std::fread(result.data(), 1, result.size(), file.get());
  auto failed = std::ferror(file.get()) != 0;
  if (failed || size > limit) {
    wipe(result);
    return failed
             ? problem(what, path, "cannot be read")
             : problem(what, path, "is longer than " + format_bytes(limit));
  }
  result.resize(size);
  return result;
}

} // namespace obol::internal
