#include "obol/testing/internal/simulated_network.hpp"

#include "obol/testing/internal/simulated_stream.hpp"

#include <algorithm>
#include <utility>

namespace obol::testing::internal {

namespace {

using obol::internal::io_result;
using obol::internal::io_status;

class simulated_factory final : public obol::internal::transport_factory {
public:
  simulated_factory(simulated_network& network, std::uint32_t owner)
    : network_(network), owner_(owner) {
  }

  std::unique_ptr<obol::internal::transport>
  make(obol::internal::transport::notification notify) override {
    auto x = std::make_shared<simulated_link>();
    x->owner = owner_;
    x->notify = std::move(notify);
    return std::make_unique<simulated_stream>(network_, std::move(x));
  }

private:
  simulated_network& network_;
  std::uint32_t owner_;
};

} // namespace

simulated_network::simulated_network(timeline& time, random_stream random,
                                     trace& log, fault_counts& counts)
  : time_(time), random_(random), trace_(log), counts_(counts) {
}

simulated_network::~simulated_network() = default;

std::shared_ptr<obol::internal::transport_factory>
simulated_network::factory(std::uint32_t owner) {
  return std::make_shared<simulated_factory>(*this, owner);
}

// -- connecting ---------------------------------------------------------------

void simulated_network::connect(const link_ptr& x) {
  x->number = next_number_++;
  x->phase = simulated_link::phase::connecting;
  links_.push_back(x);
  auto& used = usage_[x->owner];
  used.most = std::max(used.most, ++used.now);
  trace_.note(time_.now(), "network", [&] {
    return "link " + std::to_string(x->number) + " of store "
           + std::to_string(x->owner) + " connects";
  });
  time_.at(arrival(x->last_at_client), [this, x] { establish(x); });
}

void simulated_network::establish(const link_ptr& x) {
  if (x->client_gone())
    return;
  if (conditions.hang) {
    ++counts_[fault::hang_connect];
    hanging_.push_back(x);
    return;
  }
  if (conditions.refuse) {
    ++counts_[fault::refuse_connect];
    x->fail("connection refused");
    return;
  }
  x->phase = simulated_link::phase::connected;
  x->server_open = true;
  host_->on_open(x);
  x->signal();
}

void simulated_network::resume_connects() {
  for (auto& x : std::exchange(hanging_, {}))
    time_.at(arrival(x->last_at_client), [this, x] { establish(x); });
}

// -- bytes --------------------------------------------------------------------

instant simulated_network::arrival(instant& last) {
  auto wait = random_.between(conditions.delay_min, conditions.delay_max);
  last = std::max(last, time_.now() + wait);
  return last;
}

void simulated_network::carry(
  const link_ptr& x, std::string_view bytes, instant& last,
  void (simulated_network::*arrive)(const link_ptr&, std::string_view)) {
  if (conditions.slow && !bytes.empty())
    ++counts_[fault::slow_network];
  while (!bytes.empty()) {
    auto size = std::min(bytes.size(), conditions.longest_piece);
    if (size > 1 && random_.chance(conditions.cut_permille))
      size = 1 + random_.below(size - 1);
    std::string piece{bytes.substr(0, size)};
    bytes.remove_prefix(size);
    time_.at(arrival(last), [this, x, arrive, piece = std::move(piece)] {
      (this->*arrive)(x, piece);
    });
  }
}

io_result simulated_network::send(const link_ptr& x, std::string_view bytes) {
  if (!x->usable())
    return {io_status::failed};
  if (x->arrived_end) {
    x->phase = simulated_link::phase::failed;
    x->failure = "connection closed by the server";
    return {io_status::failed};
  }
  auto room = conditions.send_room - std::min(conditions.send_room, x->unread);
  auto taken = std::min(bytes.size(), room);
  x->unread += taken;
  x->blocked = taken < bytes.size();
  if (x->blocked)
    ++counts_[fault::slow_reader];
  carry(x, bytes.substr(0, taken), x->last_at_server,
        &simulated_network::arrive_at_server);
  return {taken == 0 && x->blocked ? io_status::would_block : io_status::ok,
          taken};
}

void simulated_network::arrive_at_server(const link_ptr& x,
                                         std::string_view bytes) {
  if (x->ended == simulated_link::ending::reset && !x->survives_reset)
    return;
  if (x->silent) {
    x->held_to_server += bytes;
    return;
  }
  x->unread -= std::min(x->unread, bytes.size());
  if (std::exchange(x->blocked, false) && x->usable())
    x->signal();
  if (x->server_open)
    host_->on_bytes(x, bytes);
}

void simulated_network::send_to_client(const link_ptr& x,
                                       std::string_view bytes) {
  if (!x->client_gone())
    carry(x, bytes, x->last_at_client, &simulated_network::arrive_at_client);
}

void simulated_network::arrive_at_client(const link_ptr& x,
                                         std::string_view bytes) {
  if (!x->usable())
    return;
  if (x->silent) {
    x->held_to_client += bytes;
    return;
  }
  x->arrived += bytes;
  x->signal();
}

// -- ends ---------------------------------------------------------------------

void simulated_network::end(const link_ptr& x, simulated_link::ending how) {
  if (x->client_gone())
    return;
  x->ended = how;
  x->notify = nullptr;
  if (x->number == 0)
    return;
  --usage_[x->owner].now;
  trace_.note(time_.now(), "network", [&] {
    return "link " + std::to_string(x->number)
           + (how == simulated_link::ending::reset ? " is reset" : " is closed")
           + " by the client";
  });
  // What has left the client is not called back by a reset that follows it.
  if (!x->survives_reset)
    x->survives_reset = random_.chance(400);
  if (x->server_open)
    time_.at(arrival(x->last_at_server), [this, x] { end_at_server(x); });
  else
    forget(x);
}

void simulated_network::end_at_server(const link_ptr& x) {
  if (x->silent) {
    x->held_end = true;
    return;
  }
  if (std::exchange(x->server_open, false))
    host_->on_end(x);
  forget(x);
}

void simulated_network::hang_up(const link_ptr& x) {
  if (!std::exchange(x->server_open, false))
    return;
  time_.at(arrival(x->last_at_client), [this, x] { end_at_client(x); });
}

void simulated_network::end_at_client(const link_ptr& x) {
  if (!x->usable() || x->silent)
    return;
  x->arrived_end = true;
  x->signal();
}

void simulated_network::reset(const link_ptr& x) {
  if (std::exchange(x->server_open, false))
    host_->on_end(x);
  if (x->client_gone()) {
    forget(x);
    return;
  }
  trace_.note(time_.now(), "network", [&] {
    return "link " + std::to_string(x->number) + " is reset";
  });
  x->fail("connection reset by the server");
}

// -- silence ------------------------------------------------------------------

void simulated_network::silence(const link_ptr& x) {
  x->silent = true;
  trace_.note(time_.now(), "network", [&] {
    return "link " + std::to_string(x->number) + " falls silent";
  });
}

void simulated_network::silence_for_good(const link_ptr& x) {
  x->has_hole = true;
  silence(x);
}

void simulated_network::restore(const link_ptr& x) {
  if (x->has_hole || !std::exchange(x->silent, false))
    return;
  trace_.note(time_.now(), "network", [&] {
    return "link " + std::to_string(x->number) + " is heard again";
  });
  if (!x->held_to_server.empty())
    arrive_at_server(x, std::exchange(x->held_to_server, {}));
  if (!x->held_to_client.empty())
    arrive_at_client(x, std::exchange(x->held_to_client, {}));
  if (std::exchange(x->held_end, false))
    end_at_server(x);
  else if (!x->server_open)
    end_at_client(x);
}

// -- queries ------------------------------------------------------------------

void simulated_network::forget(const link_ptr& x) {
  std::erase(links_, x);
}

std::vector<link_ptr> simulated_network::open_links() const {
  std::vector<link_ptr> result;
  for (auto& x : links_)
    if (x->usable() && x->server_open)
      result.push_back(x);
  return result;
}

std::size_t simulated_network::most_links(std::uint32_t owner) const {
  auto i = usage_.find(owner);
  return i == usage_.end() ? 0 : i->second.most;
}

} // namespace obol::testing::internal
