#include "obol/internal/unanswered_addresses.hpp"

#include <algorithm>

namespace obol::internal {

void unanswered_addresses::add(const socket_address& address) {
  std::lock_guard guard{mutex_};
  std::erase(addresses_, address);
  if (addresses_.size() == max_remembered)
    addresses_.pop_front();
  addresses_.push_back(address);
}

void unanswered_addresses::remove(const socket_address& address) {
  std::lock_guard guard{mutex_};
  std::erase(addresses_, address);
}

void unanswered_addresses::move_to_end(
  std::vector<socket_address>& addresses) const {
  std::lock_guard guard{mutex_};
  std::stable_partition(addresses.begin(), addresses.end(), [this](auto& x) {
    return std::find(addresses_.begin(), addresses_.end(), x)
           == addresses_.end();
  });
}

} // namespace obol::internal
