#pragma once

#include "obol/internal/transport.hpp"
#include "obol/testing/internal/simulated_link.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace obol::testing::internal {

class simulated_network;

/// The client's end of a link, as a connection sees it.
class simulated_stream final : public obol::internal::transport {
public:
  simulated_stream(simulated_network& network, link_ptr link);

  ~simulated_stream() override;

  void connect(const endpoint& where) override;

  obol::internal::connect_status poll_connect() override;

  void acknowledge() override;

  obol::internal::io_result send(std::string_view bytes) override;

  obol::internal::io_result receive(char* buffer, std::size_t size) override;

  void close() override;

  void reset() override;

  std::string failure() const override;

private:
  simulated_network& network_;
  link_ptr link_;
};

} // namespace obol::testing::internal
