#include "obol/internal/environment.hpp"

#include "obol/internal/poller.hpp"

#include <openssl/rand.h>

#include <cstdlib>
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

class system_random_source final : public random_source {
public:
  std::uint64_t next() override {
    std::uint64_t result = 0;
    auto* bytes = reinterpret_cast<unsigned char*>(&result);
    // Operation ids must not repeat, so there is nothing to fall back to.
    if (RAND_bytes(bytes, sizeof(result)) != 1)
      std::abort();
    return result;
  }
};

} // namespace

std::shared_ptr<const clock> make_system_clock() {
  return std::make_shared<system_clock>();
}

std::shared_ptr<random_source> make_system_random_source() {
  return std::make_shared<system_random_source>();
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
