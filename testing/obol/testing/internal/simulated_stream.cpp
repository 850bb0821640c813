#include "obol/testing/internal/simulated_stream.hpp"

#include "obol/testing/internal/simulated_network.hpp"

#include <utility>

namespace obol::testing::internal {

using obol::internal::connect_status;
using obol::internal::io_result;
using obol::internal::io_status;

simulated_stream::simulated_stream(simulated_network& network, link_ptr link)
  : network_(network), link_(std::move(link)) {
}

simulated_stream::~simulated_stream() {
  reset();
}

void simulated_stream::connect(const endpoint&) {
  network_.connect(link_);
}

connect_status simulated_stream::poll_connect() {
  if (link_->client_gone())
    return connect_status::failed;
  switch (link_->phase) {
    case simulated_link::phase::connected:
      return connect_status::connected;
    case simulated_link::phase::failed:
      return connect_status::failed;
    case simulated_link::phase::idle:
    case simulated_link::phase::connecting:
      break;
  }
  return connect_status::pending;
}

void simulated_stream::acknowledge() {
  link_->raised = false;
}

io_result simulated_stream::send(std::string_view bytes) {
  return network_.send(link_, bytes);
}

io_result simulated_stream::receive(char* buffer, std::size_t size) {
  auto& x = *link_;
  if (!x.usable())
    return {io_status::failed};
  if (x.arrived.empty())
    return {x.arrived_end ? io_status::closed : io_status::would_block};
  auto taken = x.arrived.copy(buffer, size);
  x.arrived.erase(0, taken);
  // The client stops at a short read and must still hear of the end.
  if (taken < size && x.arrived_end)
    x.signal();
  return {io_status::ok, taken};
}

void simulated_stream::close() {
  network_.end(link_, simulated_link::ending::closed);
}

void simulated_stream::reset() {
  network_.end(link_, simulated_link::ending::reset);
}

std::string simulated_stream::failure() const {
  return link_->failure;
}

} // namespace obol::testing::internal
