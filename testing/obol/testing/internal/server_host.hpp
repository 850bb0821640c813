#pragma once

#include "obol/testing/fault.hpp"
#include "obol/testing/internal/random_stream.hpp"
#include "obol/testing/internal/server/request_reader.hpp"
#include "obol/testing/internal/server/simulated_server.hpp"
#include "obol/testing/internal/simulated_network.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace obol::testing::internal {

/// A simulated server at the far end of a simulated network: takes requests off
/// the links, answers them in the order they arrive, and suffers the faults of
/// servers.
class server_host final : public network_host {
public:
  server_host(server_kind kind, timeline& time, simulated_network& network,
              random_stream random, trace& log, fault_counts& counts);

  // -- what the network tells -------------------------------------------------

  void on_open(const link_ptr& x) override;

  void on_bytes(const link_ptr& x, std::string_view bytes) override;

  void on_end(const link_ptr& x) override;

  // -- faults -----------------------------------------------------------------

  /// Lets one of the next commands suffer `drop_reply_after_apply`,
  /// `apply_late` or `garbage`.
  void arm(fault x);

  /// Takes back what has not happened yet.
  void disarm();

  /// Hangs up on one client.
  void close(const link_ptr& x);

  /// Requests wait while it is stalled.
  void set_stalled(bool on);

  /// New clients are turned away while it is full.
  void set_full(bool on);

  void jump_clock(duration by);

  /// Ends every link. `empty` also drops data and functions.
  void restart(bool empty);

  /// Ends every link, and undoes the last `writes` writes, as far as they were
  /// kept.
  void fail_over(std::size_t writes);

  /// From now on keeps what it takes to undo so many writes.
  void keep_writes(std::size_t count);

  void flush_functions();

  // -- queries ----------------------------------------------------------------

  simulated_server& server() {
    return server_;
  }

  /// Its clock.
  std::int64_t unix_us() const;

  /// When it lost writes that it had acknowledged.
  const std::vector<instant>& losses() const {
    return losses_;
  }

  /// How often its functions were lost, plus one.
  std::uint64_t generations() const {
    return generations_;
  }

  /// How often anybody asked it to load functions.
  std::uint64_t load_requests() const {
    return load_requests_;
  }

  /// The most requests that lay unanswered on one link.
  std::size_t most_unanswered() const {
    return most_unanswered_;
  }

  /// The furthest its clock was from that of the world, in either direction.
  duration largest_clock_offset() const {
    return largest_offset_;
  }

private:
  struct client {
    link_ptr link;
    request_reader reader;
    std::deque<std::vector<std::string>> inbox;
    server_session session;
  };

  using client_ptr = std::shared_ptr<client>;

  void serve(const client_ptr& x);
  void execute(const client_ptr& x, const std::vector<std::string>& request);
  void reply(const client_ptr& x, const std::string& bytes);
  void cut(const client_ptr& x);
  void hold_back(const link_ptr& x, std::string_view bytes);
  void end_all();
  void count_refusal(std::string_view reply);
  void remember_data();
  bool take(fault x);
  std::string garbage();

  timeline& time_;
  simulated_network& network_;
  random_stream random_;
  trace& trace_;
  fault_counts& counts_;
  duration clock_offset_{};
  duration largest_offset_{};
  simulated_server server_;
  std::map<std::uint32_t, client_ptr> clients_;
  std::vector<fault> armed_;
  bool stalled_ = false;
  bool full_ = false;

  /// The data before each of the last writes, oldest first.
  std::deque<dataset> before_;
  std::size_t kept_writes_ = 0;

  std::vector<instant> losses_;
  std::uint64_t generations_ = 1;
  std::uint64_t load_requests_ = 0;
  std::size_t most_unanswered_ = 0;
};

} // namespace obol::testing::internal
