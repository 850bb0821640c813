#include "obol/internal/event_hub.hpp"

#include "obol/message_inspect.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace obol::internal {

void event_hub::subscribe(const caf::actor& subscriber) {
  std::lock_guard guard{mutex_};
  auto address = subscriber.address();
  auto known = std::find(subscribers_.begin(), subscribers_.end(), address);
  if (known == subscribers_.end())
    subscribers_.push_back(std::move(address));
  any_.store(true, std::memory_order_release);
}

void event_hub::remove(const caf::actor_addr& subscriber) {
  std::lock_guard guard{mutex_};
  std::erase(subscribers_, subscriber);
  any_.store(!subscribers_.empty(), std::memory_order_release);
}

void event_hub::publish(session_event_kind kind, const session_key& key) {
  if (!has_subscribers())
    return;
  std::lock_guard guard{mutex_};
  for (auto& address : subscribers_)
    if (auto subscriber = caf::actor_cast<caf::actor>(address))
      caf::anon_send(subscriber, session_event{kind, key});
}

} // namespace obol::internal
