#include "fleet/operation_log.hpp"

#include <stdexcept>

namespace obol::test {

operation_log::operation_log(const std::filesystem::path& to) : file_(to) {
}

void operation_log::add(const written_operation& x) {
  auto line = to_line(x);
  std::lock_guard guard{mutex_};
  file_ << line << '\n';
}

void operation_log::finish() {
  if (!file_.flush())
    throw std::runtime_error{"operations cannot be written"};
}

} // namespace obol::test
