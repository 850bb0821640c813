#pragma once

#include <caf/expected.hpp>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace obol::bench {

/// What a peer process lets others connect to.
struct open_port {
  std::uint16_t number = 0;

  /// Holds all that serves it.
  std::shared_ptr<void> keeper;
};

/// A copy of this process that serves a port to it. It ends with this object,
/// and with this process, however that ends.
///
/// Start it before there are other threads: it is forked.
class peer_process {
public:
  using opener = std::function<caf::expected<open_port>()>;

  /// Runs `open` in the new process, and waits for its port. Fails with
  /// `unavailable` and what `open` failed with; `what` names the process in
  /// the text.
  static caf::expected<std::unique_ptr<peer_process>>
  start(const std::string& what, const opener& open);

  ~peer_process();
  peer_process(const peer_process&) = delete;
  peer_process& operator=(const peer_process&) = delete;

  std::uint16_t port() const {
    return port_;
  }

  /// The processor time of all its threads, in microseconds.
  double cpu_us() const;

private:
  peer_process() = default;

  pid_t pid_ = -1;
  std::uint16_t port_ = 0;

  /// Open as long as we live: its end tells the process that we do not.
  int lifeline_ = -1;
};

} // namespace obol::bench
