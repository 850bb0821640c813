#pragma once

#include "bench/raw_link.hpp"
#include "obol/options.hpp"
#include "obol/session.hpp"
#include "obol/session_commands.hpp"
#include "obol/stored_session.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace obol::bench {

/// How much there is to work on.
struct dataset_size {
  /// Sessions that are there before the load, one to a user.
  std::uint64_t sessions = 1'000;

  /// Bytes of `extra_payload`, about.
  std::uint64_t payload = 300;

  /// Users with several sessions, for `list`.
  std::uint64_t lists = 200;
  std::uint64_t sessions_in_list = 5;
};

/// The sessions of a benchmark, the same bytes for the store and for all it is
/// compared with. Every session has a number, from which all of it follows.
/// Safe to share between threads.
class dataset {
public:
  /// `settings` names keys and formats; `kind` is the layout of the store. The
  /// key must be there in both.
  dataset(const options& settings, layout kind, dataset_size size);

  /// The same keys and formats with other amounts.
  dataset resized(dataset_size size) const;

  /// The same with the functions of another guard.
  dataset guarded_by(write_guard guard) const;

  const dataset_size& size() const {
    return size_;
  }

  const session_commands& commands() const {
    return commands_;
  }

  // -- sessions ---------------------------------------------------------------

  /// A session that was not stored yet. Those from 0 to `size().sessions` are
  /// there before the load.
  session fresh(std::uint64_t number) const;

  session_key key(std::uint64_t number) const;

  /// All sessions that are there before a load, as they are stored first.
  std::vector<session> initial() const;

  session_set list(std::uint64_t number) const;

  /// What a client of a load may number its own sessions from; no two clients,
  /// and no two loads, share any of the next ten million.
  static std::uint64_t own_numbers(std::uint64_t load, std::uint64_t client);

  // -- raw bytes --------------------------------------------------------------

  /// What seals and opens as the store does.
  session_sealer make_sealer() const;

  /// The command that stores a session as version `x.lock_version`.
  command upsert(const session& x, std::string_view stored,
                 std::uint64_t operation) const;

  /// Stores what must be there before a load. The functions must be loaded.
  void load(raw_link& link) const;

  /// Removes everything under the key prefix.
  void clear(raw_link& link) const;

private:
  void for_each_initial(const std::function<void(session)>& action) const;

  sealing_options sealing_;
  dataset_size size_;
  session_commands commands_;
  session model_;
};

} // namespace obol::bench
