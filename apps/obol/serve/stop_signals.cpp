#include "serve/stop_signals.hpp"

#include <cerrno>
#include <ctime>

namespace obol::serve {

stop_signals::stop_signals() {
  ::sigemptyset(&set_);
  for (auto number : {SIGTERM, SIGINT, SIGHUP})
    ::sigaddset(&set_, number);
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  // Whoever reads our log may go away.
  std::signal(SIGPIPE, SIG_IGN);
}

void stop_signals::wait() const {
  while (::sigwaitinfo(&set_, nullptr) < 0 && errno == EINTR) {
  }
}

bool stop_signals::wait_for(std::chrono::milliseconds time) const {
  auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  auto rest = std::chrono::nanoseconds{time - seconds};
  timespec limit{static_cast<time_t>(seconds.count()),
                 static_cast<long>(rest.count())};
  return ::sigtimedwait(&set_, nullptr, &limit) > 0;
}

} // namespace obol::serve
