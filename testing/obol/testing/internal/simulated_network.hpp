#pragma once

#include "obol/internal/transport.hpp"
#include "obol/testing/fault.hpp"
#include "obol/testing/internal/random_stream.hpp"
#include "obol/testing/internal/simulated_link.hpp"
#include "obol/testing/internal/timeline.hpp"
#include "obol/testing/internal/trace.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace obol::testing::internal {

/// What is at the far end of every link.
class network_host {
public:
  virtual ~network_host() = default;

  virtual void on_open(const link_ptr& x) = 0;

  virtual void on_bytes(const link_ptr& x, std::string_view bytes) = 0;

  /// The client has ended it, and all that comes of it has come.
  virtual void on_end(const link_ptr& x) = 0;
};

/// What holds for all links of a network at a time.
struct network_conditions {
  duration delay_min = std::chrono::microseconds{40};
  duration delay_max = std::chrono::microseconds{900};

  bool refuse = false;
  bool hang = false;

  /// Everything takes unusually long.
  bool slow = false;

  /// How many unread bytes a socket takes before it blocks.
  std::size_t send_room = 256 * 1024;

  /// How often in a thousand a piece of bytes is cut in two on the way.
  std::uint32_t cut_permille = 100;

  /// The longest piece that arrives at a time.
  std::size_t longest_piece = 64 * 1024;
};

/// A network in memory: each byte takes its time, in the order it was sent on
/// its link and in any order beside the other links. Like the socket transport
/// for the stores, and like a listening socket for its host.
class simulated_network {
public:
  simulated_network(timeline& time, random_stream random, trace& log,
                    fault_counts& counts);

  ~simulated_network();

  void attach(network_host& host) {
    host_ = &host;
  }

  /// The network as the store of this number sees it.
  std::shared_ptr<obol::internal::transport_factory>
  factory(std::uint32_t owner);

  network_conditions conditions;

  /// Lets those connects go on that were left hanging.
  void resume_connects();

  // -- what the server does ---------------------------------------------------

  void send_to_client(const link_ptr& x, std::string_view bytes);

  /// Ends the link behind what was sent on it.
  void hang_up(const link_ptr& x);

  // -- what happens to a link -------------------------------------------------

  /// Both ends are cut off from each other and the client is told.
  void reset(const link_ptr& x);

  /// From now on it passes nothing.
  void silence(const link_ptr& x);

  /// The same for good: something was lost.
  void silence_for_good(const link_ptr& x);

  /// It passes again, beginning with what was held, unless something was lost.
  void restore(const link_ptr& x);

  // -- queries ----------------------------------------------------------------

  /// Those that neither end has ended, in the order they were made.
  std::vector<link_ptr> open_links() const;

  /// The most links a store had at a time, connecting ones included.
  std::size_t most_links(std::uint32_t owner) const;

private:
  friend class simulated_stream;

  void connect(const link_ptr& x);
  void establish(const link_ptr& x);
  obol::internal::io_result send(const link_ptr& x, std::string_view bytes);
  void end(const link_ptr& x, simulated_link::ending how);

  /// Plans the arrival of bytes piece by piece. `last` is when the ones before
  /// arrive.
  void carry(const link_ptr& x, std::string_view bytes, instant& last,
             void (simulated_network::*arrive)(const link_ptr&,
                                               std::string_view));

  instant arrival(instant& last);

  void arrive_at_server(const link_ptr& x, std::string_view bytes);
  void arrive_at_client(const link_ptr& x, std::string_view bytes);
  void end_at_server(const link_ptr& x);
  void end_at_client(const link_ptr& x);
  void forget(const link_ptr& x);

  timeline& time_;
  random_stream random_;
  trace& trace_;
  fault_counts& counts_;
  network_host* host_ = nullptr;
  std::uint32_t next_number_ = 1;
  std::vector<link_ptr> links_;
  std::vector<link_ptr> hanging_;

  struct usage {
    std::size_t now = 0;
    std::size_t most = 0;
  };

  std::map<std::uint32_t, usage> usage_;
};

} // namespace obol::testing::internal
