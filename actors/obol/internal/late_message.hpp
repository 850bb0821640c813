#pragma once

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/execution_unit.hpp>
#include <caf/message.hpp>
#include <caf/ref_counted.hpp>
#include <caf/resumable.hpp>

#include <cstddef>
#include <utility>

namespace obol::internal {

/// Sends an actor a message once all that is ready to run has had its turn on
/// this worker. One object may be under way once at a time.
class late_message final : public caf::resumable, public caf::ref_counted {
public:
  late_message(caf::actor_addr to, caf::message what)
    : to_(std::move(to)), what_(std::move(what)) {
  }

  void send(caf::execution_unit* host) {
    // The worker releases what it has run.
    ref();
    host->exec_later(this);
  }

  resume_result resume(caf::execution_unit* host, std::size_t) override {
    if (auto actor = caf::actor_cast<caf::strong_actor_ptr>(to_))
      actor->enqueue(nullptr, caf::make_message_id(), what_, host);
    return done;
  }

  void intrusive_ptr_add_ref_impl() override {
    ref();
  }

  void intrusive_ptr_release_impl() override {
    deref();
  }

private:
  caf::actor_addr to_;
  caf::message what_;
};

} // namespace obol::internal
