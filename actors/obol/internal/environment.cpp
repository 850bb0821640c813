#include "obol/internal/environment.hpp"

#include "obol/internal/poller.hpp"

#include <utility>

namespace obol::internal {

namespace {

class system_clock final : public clock {
public:
  instant now() const override {
    return std::chrono::steady_clock::now();
  }

  std::int64_t unix_ms() const override {
    using namespace std::chrono;
    auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return duration_cast<milliseconds>(since_epoch).count();
  }
};

} // namespace

std::shared_ptr<const clock> make_system_clock() {
  return std::make_shared<system_clock>();
}

environment make_system_environment(transport_settings settings,
                                    std::shared_ptr<poller> events) {
  environment result;
  result.sends_late = events != nullptr;
  result.forecast = events ? events->forecast() : nullptr;
  result.network = make_socket_transport_factory(settings, std::move(events));
  result.clock = make_system_clock();
  result.random = make_system_random_source();
  return result;
}

} // namespace obol::internal
