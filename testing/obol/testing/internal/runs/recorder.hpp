#pragma once

#include "obol/messages.hpp"
#include "obol/testing/history.hpp"
#include "obol/testing/internal/runs/request_book.hpp"
#include "obol/testing/internal/runs/workload_names.hpp"
#include "obol/testing/internal/world.hpp"

#include <caf/actor.hpp>
#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace obol::testing::internal {

/// Makes the requests of a workload and writes down what came of each.
///
/// Every session carries in its payload the numbers of all operations that
/// wrote it, and in its other fields the last of them, so that any read tells
/// its history, and whether it is of one piece.
class recorder {
public:
  /// Somebody who makes requests to a store.
  struct client {
    caf::actor actor;
    store_actor store;
    std::uint32_t number = 0;
  };

  template <class T>
  using callback = std::function<void(const caf::expected<T>&)>;

  /// `default_time` is what the stores give a request that asks for none.
  recorder(world& where, duration default_time)
    : world_(where), default_timeout_(default_time) {
  }

  // -- clients and sessions ---------------------------------------------------

  client join(const store_actor& store);

  /// Kills a client. Nobody hears the answers to its requests any more.
  void kill(const client& who);

  session_name new_session(std::uint32_t set);

  /// A session to be stored for the first time.
  session fresh(session_name name, std::int64_t lifetime_seconds) const;

  // -- requests: `then` may be empty; no timeout means the store's own --------

  void get(const client& who, session_name name, callback<get_answer> then,
           duration timeout = {});

  /// Adds the operation to the session's history and stores it, making the
  /// mistake if there is one to make. @returns its number
  op_number upsert(const client& who, session_name name, session base,
                   known_bad mistake, callback<session> then,
                   duration timeout = {});

  void remove(const client& who, session_name name, callback<removed> then,
              duration timeout = {});

  void get_all(const client& who, std::uint32_t set,
               callback<get_all_answer> then, duration timeout = {});

  void remove_all(const client& who, std::uint32_t set, callback<removed> then,
                  duration timeout = {});

  void remove_others(const client& who, session_name keep,
                     callback<removed> then, duration timeout = {});

  void revoke_before(const client& who, std::uint32_t set, unix_seconds time,
                     callback<removed> then, duration timeout = {});

  /// What became of the upsert `of`.
  void resolve(const client& who, op_number of, const resolution_token& token,
               callback<resolution> then, duration timeout = {});

  void wait_ready(const client& who, duration timeout,
                  callback<store_status> then);

  /// Marks the requests made from now on as such that must succeed.
  void expect_success(bool on) {
    expect_success_ = on;
  }

  // -- queries ----------------------------------------------------------------

  /// Requests that have not been answered, of clients that live.
  std::size_t open() const {
    return open_;
  }

  /// What was written down so far.
  history& written() {
    return history_;
  }

  /// What was asked and told, as a store counts it.
  const request_book& book() const {
    return book_;
  }

  /// Every session there was, in the order they were begun.
  const std::vector<session_name>& sessions() const {
    return sessions_;
  }

  std::uint32_t sets() const {
    return sets_;
  }

private:
  op_number begin(operation::kind what, const client& who, session_name name,
                  duration timeout);

  /// The operation of that number.
  operation& at(op_number number) {
    return history_.operations[number - 1];
  }

  /// Sends the request and writes down that, when and how it was answered;
  /// `note` writes down what the answer says.
  template <class T, class Request>
  void ask(const client& who, op_number number, Request what,
           std::function<void(operation&, const T&)> note, callback<T> then);

  bool is_dead(std::uint32_t number) const;

  void note_failure(operation& x, const caf::error& why);

  void make_mistake(const client& who, session_name name, op_number number,
                    session sent, known_bad mistake, callback<session> then);

  world& world_;
  duration default_timeout_;
  history history_;
  request_book book_;
  unique_moments moments_;
  std::vector<session_name> sessions_;
  std::uint32_t sets_ = 0;
  std::uint32_t clients_ = 0;
  std::vector<std::uint32_t> dead_;
  std::size_t open_ = 0;
  bool expect_success_ = false;
};

} // namespace obol::testing::internal
