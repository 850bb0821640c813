#pragma once

#include "obol/interfaces.hpp"
#include "obol/log.hpp"
#include "obol/metrics.hpp"
#include "obol/node_options.hpp"
#include "obol/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace obol {

/// A store for code that is built from threads, not actors: blocking calls, and
/// the same with callbacks. Owns its actor system.
///
/// Any number of threads may use one facade. Errors are those of
/// interfaces.hpp. A `timeout` of zero means the option `deadline`; no call
/// takes longer than its timeout. Callbacks run on threads of the facade,
/// several at a time but never within one another: they must not block, throw,
/// nor make blocking calls.
class facade {
public:
  using duration = std::chrono::milliseconds;

  template <class T>
  using callback = std::function<void(caf::expected<T>)>;

  /// Starts a store. It becomes ready by itself; until then calls fail with
  /// `unavailable`. Fails if an option breaks a rule.
  static caf::expected<facade> open(options settings, log_sink log = {});

  /// The same for a store that other processes serve; see `connect_store`.
  static caf::expected<facade> connect(remote_options settings,
                                       log_sink log = {});

  facade(facade&&) noexcept;
  facade& operator=(facade&&) noexcept;

  /// Finishes what is under way, which takes at most as long as its timeouts.
  ~facade();

  // -- blocking calls ---------------------------------------------------------

  /// Blocks until the store is ready, or fails with `unavailable` and the
  /// reason once the timeout has passed.
  caf::expected<store_status> wait_ready(duration timeout);

  store_status status();

  /// The session; empty if it does not exist, has expired or is not authentic.
  caf::expected<std::optional<session>> get(const session_key& key,
                                            duration timeout = {});

  /// The session as it was stored, with the next lock version.
  caf::expected<session> upsert(session x, duration timeout = {});

  /// How many sessions went; deleting what is not there succeeds.
  caf::expected<std::int64_t> remove(const session_key& key,
                                     duration timeout = {});

  caf::expected<std::vector<session>> get_all(const session_set& set,
                                              duration timeout = {});

  caf::expected<std::int64_t> remove_all(const session_set& set,
                                         duration timeout = {});

  caf::expected<std::int64_t> remove_others(const session_key& keep,
                                            duration timeout = {});

  caf::expected<std::int64_t> revoke_before(const session_set& set,
                                            unix_seconds created_before,
                                            duration timeout = {});

  /// What became of an upsert that ended with `outcome_unknown`; see
  /// `token_of`.
  caf::expected<resolution> resolve(const resolution_token& token,
                                    duration timeout = {});

  /// Reads the session, changes it with `change` and stores it; starts over
  /// when another writer was faster, at most `tries` times in all. Fails with
  /// `gone` if there is no such session.
  caf::expected<session>
  update_with(const session_key& key,
              const std::function<void(session&)>& change, int tries = 3,
              duration timeout = {});

  // -- calls with a callback --------------------------------------------------

  void get(session_key key, callback<std::optional<session>> done,
           duration timeout = {});

  void upsert(session x, callback<session> done, duration timeout = {});

  void remove(session_key key, callback<std::int64_t> done,
              duration timeout = {});

  void get_all(session_set set, callback<std::vector<session>> done,
               duration timeout = {});

  void remove_all(session_set set, callback<std::int64_t> done,
                  duration timeout = {});

  /// Calls back for each change that is made through this store from now on.
  void subscribe(std::function<void(const session_event&)> listener);

  // -- for those who mix ------------------------------------------------------

  /// What the store counts.
  obol::metrics metrics() const;

  const store_actor& actor() const;

  caf::actor_system& system();

private:
  struct implementation;

  explicit facade(std::unique_ptr<implementation> impl);

  std::unique_ptr<implementation> impl_;
};

} // namespace obol
