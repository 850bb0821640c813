#include "support_actors/memory_link.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace obol::test {

using internal::connect_status;
using internal::io_result;
using internal::io_status;

memory_stream::memory_stream(std::shared_ptr<memory_link> x,
                             std::shared_ptr<memory_faults> f)
  : link_(std::move(x)), faults_(std::move(f)) {
  // nop
}

memory_stream::~memory_stream() {
  reset();
}

void memory_stream::connect(const endpoint& where) {
  if (link_->phase != memory_link::phase::idle)
    throw std::logic_error("a transport connects once");
  ++faults_->connects;
  link_->where = where;
  link_->phase = memory_link::phase::connecting;
}

connect_status memory_stream::poll_connect() {
  if (link_->client_gone())
    return connect_status::failed;
  switch (link_->phase) {
    case memory_link::phase::connected:
      return connect_status::connected;
    case memory_link::phase::failed:
      return connect_status::failed;
    default:
      return connect_status::pending;
  }
}

void memory_stream::acknowledge() {
  link_->raised = false;
}

io_result memory_stream::send(std::string_view bytes) {
  auto& x = *link_;
  ++x.send_calls;
  if (!usable())
    return {io_status::failed};
  if (x.arrived_end) {
    x.phase = memory_link::phase::failed;
    x.failure = "connection closed by the server";
    return {io_status::failed};
  }
  auto taken = std::min(bytes.size(), room());
  x.sent.append(bytes.substr(0, taken));
  if (x.server_open)
    x.to_server.append(bytes.substr(0, taken));
  x.blocked = taken < bytes.size();
  return {taken == 0 && x.blocked ? io_status::would_block : io_status::ok,
          taken};
}

io_result memory_stream::receive(char* buffer, std::size_t size) {
  auto& x = *link_;
  if (!usable())
    return {io_status::failed};
  if (x.arrived.empty())
    return {x.arrived_end ? io_status::closed : io_status::would_block};
  auto taken = x.arrived.copy(buffer, size);
  x.arrived.erase(0, taken);
  // The client stops at a short read and must still hear of the end.
  if (taken < size && x.arrived_end)
    x.wake = true;
  return {io_status::ok, taken};
}

void memory_stream::close() {
  finish(client_end::closed);
}

void memory_stream::reset() {
  finish(client_end::reset);
}

std::string memory_stream::failure() const {
  return link_->failure;
}

bool memory_stream::usable() const {
  return link_->phase == memory_link::phase::connected && !link_->client_gone();
}

std::size_t memory_stream::room() const {
  auto limit = faults_->send_limit;
  auto used = link_->to_server.size();
  if (limit == 0)
    return std::string::npos;
  return limit > used ? limit - used : 0;
}

void memory_stream::finish(client_end how) {
  if (link_->client_gone())
    return;
  link_->end = how;
  link_->notify = nullptr;
  if (how == client_end::reset)
    link_->to_server.clear();
}

} // namespace obol::test
