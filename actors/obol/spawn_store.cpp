#include "obol/spawn_store.hpp"

#include "obol/internal/front_door.hpp"
#include "obol/internal/polling_scheduler.hpp"
#include "obol/internal/spawn.hpp"
#include "obol/internal/store_context.hpp"
#include "obol/supervisor.hpp"
#include "obol/type_ids.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace obol {

namespace {

caf::expected<signing_key> main_key(const options& settings) {
  if (!settings.signing_key.empty())
    return signing_key::from_bytes(settings.signing_key.reveal());
  return derive_signing_key(settings.base_secret.reveal());
}

caf::expected<std::shared_ptr<const key_ring>>
make_keys(const options& settings) {
  auto signing = main_key(settings);
  if (!signing)
    return signing.error();
  std::vector<key_ring::member> others;
  for (auto& x : settings.verify_keys) {
    auto key = signing_key::from_bytes(x.key.reveal());
    if (!key)
      return key.error();
    others.push_back({x.id, std::move(*key)});
  }
  return key_ring::make({settings.signing_key_id, std::move(*signing)},
                        std::move(others));
}

internal::transport_settings socket_settings(const options& x) {
  using std::chrono::ceil;
  using std::chrono::seconds;
  return {ceil<seconds>(x.tcp_user_timeout), ceil<seconds>(x.keepalive_idle),
          ceil<seconds>(x.keepalive_interval),
          static_cast<int>(x.keepalive_probes)};
}

} // namespace

void register_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::obol>();
  config.add_error_category(
    caf::atom("obol"),
    [](std::uint8_t code, caf::atom_value, const caf::message&) {
      return to_string(static_cast<ec>(code));
    });
}

void load_scheduler(caf::actor_system_config& config,
                    std::chrono::microseconds idle_spin) {
  internal::load_polling_scheduler(config, idle_spin);
}

caf::expected<store_actor> spawn_store(caf::actor_system& system,
                                       options settings, log_sink log,
                                       metrics counts) {
  auto env = internal::make_system_environment(
    socket_settings(settings), internal::poller_of(system));
  if (!log)
    log = make_stderr_log(settings.log_level, settings.log_format);
  return internal::spawn_store(system, std::move(settings), std::move(log),
                               std::move(env), std::move(counts));
}

caf::expected<store_actor> internal::spawn_store(caf::actor_system& system,
                                                 options settings, log_sink log,
                                                 environment env,
                                                 metrics counts) {
  if (auto broken = validate(settings))
    return broken;
  auto keys = make_keys(settings);
  if (!keys)
    return keys.error();
  auto context = std::make_shared<store_context>(counts.counts());
  context->options = std::move(settings);
  context->env = std::move(env);
  context->desk.tell(context->env.forecast);
  context->keys = std::move(*keys);
  context->log = std::move(log);
  if (!context->metrics->attach(context))
    return caf::make_error(ec::invalid_argument,
                           std::string{"metrics: belong to another store"});
  store_actor store = system.spawn<front_door>(context);
  system.spawn(supervisor, supervisor_arguments{context, store});
  return store;
}

} // namespace obol
