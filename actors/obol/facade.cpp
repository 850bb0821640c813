#include "obol/facade.hpp"

#include "obol/error.hpp"
#include "obol/internal/facade_calls.hpp"
#include "obol/internal/inbox.hpp"
#include "obol/nodes.hpp"
#include "obol/spawn_store.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/make_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <mutex>
#include <utility>

namespace obol {

namespace {

struct facade_config : caf::actor_system_config {
  explicit facade_config(std::chrono::microseconds idle_spin) {
    register_messages(*this);
    load_scheduler(*this, idle_spin);
  }
};

caf::behavior listen(caf::event_based_actor* self,
                     std::function<void(const session_event&)> listener) {
  self->set_default_handler(caf::drop);
  return {
    [listener](const session_event& x) { listener(x); },
  };
}

} // namespace

struct facade::implementation {
  implementation(std::unique_ptr<facade_config> settings, log_sink log)
    : config(std::move(settings)), system(*config) {
    caf::actor_config inbox_config;
    door = caf::make_actor<internal::inbox, caf::strong_actor_ptr>(
      system.next_actor_id(), system.node(), &system, inbox_config,
      std::move(log));
  }

  ~implementation() {
    caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
    for (auto& x : listeners)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  }

  internal::inbox& inbox() {
    return *static_cast<internal::inbox*>(door->get());
  }

  /// Waits without a bound of its own: the store answers every request by its
  /// deadline.
  template <class Result, class Answer, class Request>
  caf::expected<Result> ask(Request what) {
    internal::blocking_call<Result, Answer> call;
    inbox().ask(store, std::move(what), call);
    return call.wait();
  }

  template <class Result, class Answer, class Request>
  void ask_for(Request what, callback<Result> done) {
    using call = internal::callback_call<Result, Answer>;
    inbox().ask(store, std::move(what), *new call{std::move(done)});
  }

  std::unique_ptr<facade_config> config;
  caf::actor_system system;
  obol::metrics counts;
  store_actor store;
  caf::strong_actor_ptr door;
  std::vector<caf::actor> listeners;
  std::mutex mutex;
};

// -- life ---------------------------------------------------------------------

caf::expected<facade> facade::open(options settings, log_sink log) {
  auto impl = std::make_unique<implementation>(
    std::make_unique<facade_config>(
      std::chrono::microseconds{settings.idle_spin_us}),
    log);
  auto store = spawn_store(impl->system, std::move(settings), std::move(log),
                           impl->counts);
  if (!store)
    return store.error();
  impl->store = std::move(*store);
  return facade{std::move(impl)};
}

caf::expected<facade> facade::connect(remote_options settings, log_sink log) {
  auto config = std::make_unique<facade_config>(std::chrono::microseconds{0});
  if (auto broken = load_nodes(*config, settings.tls, log))
    return broken;
  auto impl = std::make_unique<implementation>(std::move(config), log);
  auto store = connect_store(impl->system, std::move(settings), std::move(log));
  if (!store)
    return store.error();
  impl->store = std::move(*store);
  return facade{std::move(impl)};
}

facade::facade(std::unique_ptr<implementation> impl) : impl_(std::move(impl)) {
}

facade::facade(facade&&) noexcept = default;

facade& facade::operator=(facade&&) noexcept = default;

facade::~facade() = default;

// -- blocking calls -----------------------------------------------------------

caf::expected<store_status> facade::wait_ready(duration timeout) {
  return impl_->ask<store_status, store_status>(wait_ready_request{timeout});
}

store_status facade::status() {
  auto result = impl_->ask<store_status, store_status>(status_request{});
  if (result)
    return std::move(*result);
  store_status stopped;
  stopped.reason = describe(result.error());
  return stopped;
}

caf::expected<std::optional<session>> facade::get(const session_key& key,
                                                  duration timeout) {
  return impl_->ask<std::optional<session>, get_answer>(
    get_request{key, timeout});
}

caf::expected<session> facade::upsert(session x, duration timeout) {
  return impl_->ask<session, session>(upsert_request{std::move(x), timeout});
}

caf::expected<std::int64_t> facade::remove(const session_key& key,
                                           duration timeout) {
  return impl_->ask<std::int64_t, removed>(delete_request{key, timeout});
}

caf::expected<std::vector<session>> facade::get_all(const session_set& set,
                                                    duration timeout) {
  return impl_->ask<std::vector<session>, get_all_answer>(
    get_all_request{set, timeout});
}

caf::expected<std::int64_t> facade::remove_all(const session_set& set,
                                               duration timeout) {
  return impl_->ask<std::int64_t, removed>(delete_all_request{set, timeout});
}

caf::expected<std::int64_t> facade::remove_others(const session_key& keep,
                                                  duration timeout) {
  return impl_->ask<std::int64_t, removed>(
    delete_others_request{keep, timeout});
}

caf::expected<std::int64_t> facade::revoke_before(const session_set& set,
                                                  unix_seconds created_before,
                                                  duration timeout) {
  return impl_->ask<std::int64_t, removed>(
    revoke_before_request{set, created_before, timeout});
}

caf::expected<resolution> facade::resolve(const resolution_token& token,
                                          duration timeout) {
  return impl_->ask<resolution, resolution>(resolve_request{token, timeout});
}

caf::expected<session>
facade::update_with(const session_key& key,
                    const std::function<void(session&)>& change, int tries,
                    duration timeout) {
  caf::expected<session> result{caf::make_error(
    ec::invalid_argument, std::string{"tries must be 1 or more"})};
  for (int i = 0; i < tries; ++i) {
    auto found = get(key, timeout);
    if (!found)
      return found.error();
    if (!*found)
      return caf::make_error(ec::gone, std::string{"there is no such session"});
    change(**found);
    result = upsert(std::move(**found), timeout);
    if (result || code_of(result.error()) != ec::conflict)
      break;
  }
  return result;
}

// -- calls with a callback ----------------------------------------------------

void facade::get(session_key key, callback<std::optional<session>> done,
                 duration timeout) {
  impl_->ask_for<std::optional<session>, get_answer>(
    get_request{std::move(key), timeout}, std::move(done));
}

void facade::upsert(session x, callback<session> done, duration timeout) {
  impl_->ask_for<session, session>(upsert_request{std::move(x), timeout},
                                   std::move(done));
}

void facade::remove(session_key key, callback<std::int64_t> done,
                    duration timeout) {
  impl_->ask_for<std::int64_t, removed>(delete_request{std::move(key), timeout},
                                        std::move(done));
}

void facade::get_all(session_set set, callback<std::vector<session>> done,
                     duration timeout) {
  impl_->ask_for<std::vector<session>, get_all_answer>(
    get_all_request{std::move(set), timeout}, std::move(done));
}

void facade::remove_all(session_set set, callback<std::int64_t> done,
                        duration timeout) {
  impl_->ask_for<std::int64_t, removed>(
    delete_all_request{std::move(set), timeout}, std::move(done));
}

void facade::subscribe(std::function<void(const session_event&)> listener) {
  auto subscriber = impl_->system.spawn(listen, std::move(listener));
  caf::anon_send(impl_->store, subscribe_request{subscriber});
  std::lock_guard guard{impl_->mutex};
  impl_->listeners.push_back(std::move(subscriber));
}

// -- for those who mix --------------------------------------------------------

metrics facade::metrics() const {
  return impl_->counts;
}

const store_actor& facade::actor() const {
  return impl_->store;
}

caf::actor_system& facade::system() {
  return impl_->system;
}

} // namespace obol
