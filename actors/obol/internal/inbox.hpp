#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/brief_mutex.hpp"
#include "obol/log.hpp"

#include <caf/actor_config.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/type_erased_tuple.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace obol::internal {

/// Makes requests for those who are no actors. It has no mailbox and no turn of
/// its own: an answer is passed on in the thread that gives it, which saves a
/// message, a mailbox and a wake-up for every call.
///
/// Thread-safe.
class inbox final : public caf::monitorable_actor {
public:
  /// Somebody who waits for one answer.
  class listener {
  public:
    /// Called once, in whatever thread answers, but never from within another
    /// call of this. `x` is the answer or a `caf::error`.
    virtual void on_answer(caf::type_erased_tuple& x) = 0;

  protected:
    ~listener() = default;
  };

  /// How many requests may be due at a time; more fail with `overloaded`.
  static constexpr std::size_t max_due = 64 * 1024;

  /// `log` hears of listeners that throw.
  inbox(caf::actor_config& config, log_sink log);

  /// Nobody waits for ever.
  ~inbox() override;

  /// Asks the store on behalf of `who`, which must live until it is called.
  template <class Request>
  void ask(const store_actor& store, Request what, listener& who) {
    auto id = add(who);
    if (id.is_request())
      send(store, caf::make_mailbox_element(ctrl(), id, {}, std::move(what)));
  }

  /// An answer.
  void enqueue(caf::mailbox_element_ptr what,
               caf::execution_unit* host) override;

private:
  /// Where somebody waits. The generation tells the place's users apart.
  struct place {
    listener* who = nullptr;
    std::uint32_t generation = 0;
  };

  /// The id for a request of this listener; no request's id if it was refused.
  caf::message_id add(listener& who);

  /// Whoever waits for that answer; nobody if it was answered before.
  listener* take(caf::message_id answer);

  void send(const store_actor& store, caf::mailbox_element_ptr what);

  /// Calls the listener now or, from within another call, soon.
  void pass_on(listener& to, caf::mailbox_element_ptr what);

  void call(listener& to, caf::mailbox_element& what) noexcept;

  log_sink log_;
  brief_mutex mutex_;
  // Guarded by mutex_, like the next one.
  std::vector<place> places_;
  std::vector<std::uint32_t> free_;
};

} // namespace obol::internal
