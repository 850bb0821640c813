#include "support_actors/memory_transport.hpp"

#include <algorithm>
#include <utility>

#include "support_actors/memory_link.hpp"

namespace obol::test {

void memory_server::on_open(connection_id) {
  // nop
}

void memory_server::on_close(connection_id) {
  // nop
}

// -- steps --------------------------------------------------------------------

memory_network::memory_network(std::shared_ptr<memory_server> server)
  : server_(std::move(server)), faults_(std::make_shared<memory_faults>()) {
  // nop
}

memory_network::~memory_network() = default;

std::unique_ptr<internal::transport>
memory_network::make(internal::transport::notification notify) {
  auto x = std::make_shared<memory_link>();
  x->notify = std::move(notify);
  active_.push_back(x);
  return std::make_unique<memory_stream>(std::move(x), faults_);
}

bool memory_network::run_once() {
  std::erase_if(active_, [](const std::shared_ptr<memory_link>& x) {
    return x->client_gone() && (x->id == 0 || x->server_told_of_end);
  });
  auto count = active_.size();
  for (std::size_t i = 0; i < count; ++i) {
    turn_ = (turn_ + 1) % count;
    if (step(std::shared_ptr<memory_link>{active_[turn_]}))
      return true;
  }
  return false;
}

bool memory_network::deliver() {
  bool result = false;
  while (run_once())
    result = true;
  return result;
}

bool memory_network::step(const std::shared_ptr<memory_link>& x) {
  if (x->phase == memory_link::phase::connecting)
    return step_connect(x);
  return x->id != 0 && (step_server(*x) || step_client(*x));
}

bool memory_network::step_connect(const std::shared_ptr<memory_link>& x) {
  if (x->client_gone() || faults_->hang)
    return false;
  if (faults_->refuse) {
    x->fail("connection refused");
    return true;
  }
  established_.push_back(x);
  x->id = established_.size();
  x->phase = memory_link::phase::connected;
  x->server_open = true;
  server_->on_open(x->id);
  x->signal();
  return true;
}

bool memory_network::step_server(memory_link& x) {
  if (faults_->pause || !x.server_open)
    return false;
  if (!x.to_server.empty()) {
    auto bytes = std::exchange(x.to_server, {});
    auto reply = server_->on_bytes(x.id, bytes);
    if (!x.breaking && !x.closing)
      x.to_client += reply;
    if (std::exchange(x.blocked, false))
      x.signal();
    return true;
  }
  if (!x.client_gone())
    return false;
  x.server_open = false;
  x.server_told_of_end = true;
  server_->on_close(x.id);
  return true;
}

bool memory_network::step_client(memory_link& x) {
  if (x.client_gone() || x.phase != memory_link::phase::connected)
    return false;
  if (std::exchange(x.breaking, false)) {
    x.fail("connection reset by the server");
    return true;
  }
  auto count = x.to_client.size();
  if (faults_->hold && !x.closing)
    count = std::min(count, x.released);
  if (faults_->split > 0)
    count = std::min(count, faults_->split);
  if (count > 0) {
    if (faults_->split > 0 && (x.raised || !x.arrived.empty()))
      return false;
    x.arrived.append(x.to_client, 0, count);
    x.to_client.erase(0, count);
    x.released -= std::min(x.released, count);
    x.signal();
    return true;
  }
  if (std::exchange(x.closing, false)) {
    x.arrived_end = true;
    x.signal();
    return true;
  }
  if (x.wake && !x.raised) {
    x.wake = false;
    x.signal();
    return true;
  }
  return false;
}

// -- faults -------------------------------------------------------------------

void memory_network::refuse_connects(bool on) {
  faults_->refuse = on;
}

void memory_network::hang_connects(bool on) {
  faults_->hang = on;
}

void memory_network::pause_server(bool on) {
  faults_->pause = on;
}

void memory_network::hold_replies(bool on) {
  faults_->hold = on;
}

void memory_network::release_bytes(connection_id id, std::size_t count) {
  at(id).released += count;
}

void memory_network::split_replies(std::size_t bytes) {
  faults_->split = bytes;
}

void memory_network::limit_send(std::size_t bytes) {
  faults_->send_limit = bytes;
}

void memory_network::push(connection_id id, std::string_view bytes) {
  if (at(id).server_open)
    at(id).to_client += bytes;
}

void memory_network::drop(connection_id id, ending how) {
  auto& x = at(id);
  if (!x.server_open)
    return;
  x.server_open = false;
  x.server_told_of_end = true;
  x.to_server.clear();
  if (how == ending::broken) {
    x.breaking = true;
    x.to_client.clear();
    return;
  }
  x.closing = true;
  if (faults_->hold)
    x.to_client.resize(std::min(x.to_client.size(), x.released));
}

void memory_network::drop_all(ending how) {
  for (auto id : open())
    drop(id, how);
}

// -- records ------------------------------------------------------------------

memory_link& memory_network::at(connection_id id) const {
  return *established_.at(id - 1);
}

std::size_t memory_network::connects() const {
  return faults_->connects;
}

std::size_t memory_network::opened() const {
  return established_.size();
}

std::vector<connection_id> memory_network::open() const {
  std::vector<connection_id> result;
  for (auto& x : established_)
    if (x->server_open && !x->client_gone())
      result.push_back(x->id);
  return result;
}

std::size_t memory_network::send_calls() const {
  std::size_t result = 0;
  for (auto& x : established_)
    result += x->send_calls;
  return result;
}

std::size_t memory_network::send_calls(connection_id id) const {
  return at(id).send_calls;
}

std::string memory_network::sent(connection_id id) const {
  return at(id).sent;
}

client_end memory_network::ended_by_client(connection_id id) const {
  return at(id).end;
}

endpoint memory_network::endpoint_of(connection_id id) const {
  return at(id).where;
}

} // namespace obol::test
