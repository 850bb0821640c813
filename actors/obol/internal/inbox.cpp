#include "obol/internal/inbox.hpp"

#include "obol/error.hpp"
#include "obol/internal/answer.hpp"
#include "obol/internal/polling_scheduler.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/ref_counted.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <functional>
#include <string>

namespace obol::internal {

namespace {

constexpr unsigned generation_shift = 32;

/// Whether this thread is in a listener.
thread_local bool is_calling = false;

/// A call that a worker makes when it comes to it, or whoever drops it unmade.
class deferred_call final : public caf::resumable, public caf::ref_counted {
public:
  explicit deferred_call(std::function<void()> what) : what_(std::move(what)) {
  }

  ~deferred_call() override {
    run();
  }

  resume_result resume(caf::execution_unit*, std::size_t) override {
    run();
    return done;
  }

  void intrusive_ptr_add_ref_impl() override {
    ref();
  }

  void intrusive_ptr_release_impl() override {
    deref();
  }

private:
  void run() {
    if (auto what = std::exchange(what_, nullptr))
      what();
  }

  std::function<void()> what_;
};

} // namespace

inbox::inbox(caf::actor_config& config, log_sink log)
  : monitorable_actor(config), log_(std::move(log)) {
}

inbox::~inbox() {
  auto stopped = make_answer(
    caf::make_error(ec::shutting_down, std::string{"the store is stopping"}));
  for (auto& x : places_)
    if (x.who)
      call(*x.who, *stopped);
}

void inbox::enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) {
  if (auto* who = take(what->mid))
    pass_on(*who, std::move(what));
}

caf::message_id inbox::add(listener& who) {
  std::unique_lock guard{mutex_};
  std::uint32_t index = 0;
  if (!free_.empty()) {
    index = free_.back();
    free_.pop_back();
  } else if (places_.size() < max_due) {
    index = static_cast<std::uint32_t>(places_.size());
    places_.emplace_back();
  } else {
    guard.unlock();
    auto full = caf::make_error(ec::overloaded,
                                std::string{"too many calls are under way"});
    pass_on(who, make_answer(std::move(full)));
    return {};
  }
  auto& found = places_[index];
  found.who = &who;
  // Zero is the id of what is no request.
  found.generation = found.generation % 0x0FFF'FFFF + 1;
  auto number = std::uint64_t{found.generation} << generation_shift | index;
  return caf::message_id{number}.with_normal_priority();
}

inbox::listener* inbox::take(caf::message_id answer) {
  auto number = answer.request_id().integer_value();
  auto index = static_cast<std::uint32_t>(number);
  std::lock_guard guard{mutex_};
  if (!answer.is_response() || index >= places_.size())
    return nullptr;
  auto& found = places_[index];
  if (!found.who || found.generation != number >> generation_shift)
    return nullptr;
  free_.push_back(index);
  return std::exchange(found.who, nullptr);
}

void inbox::send(const store_actor& store, caf::mailbox_element_ptr what) {
  caf::actor_cast<caf::abstract_actor*>(store)->enqueue(
    std::move(what), current_worker(home_system()));
}

void inbox::pass_on(listener& to, caf::mailbox_element_ptr what) {
  if (!is_calling) {
    call(to, *what);
    return;
  }
  // A listener that asks again at every failure would not come to an end here.
  auto later
    = [this, alive = caf::strong_actor_ptr{ctrl()}, &to,
       answer = std::shared_ptr{std::move(what)}] { call(to, *answer); };
  home_system().scheduler().enqueue(new deferred_call{std::move(later)});
}

void inbox::call(listener& to, caf::mailbox_element& what) noexcept {
  auto nested = std::exchange(is_calling, true);
  try {
    to.on_answer(what.content());
  } catch (...) {
    if (log_)
      log_(log_level::error, "obol.inbox", "a callback threw an exception");
  }
  is_calling = nested;
}

} // namespace obol::internal
