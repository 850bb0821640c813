#include "obol/internal/service_thread.hpp"

#include <csignal>
#include <pthread.h>
#include <utility>

namespace obol::internal {

namespace {

// Blocks all signals of this thread; a thread inherits the mask of its parent,
// so that there is no moment in which the child could be hit.
class signals_blocked {
public:
  signals_blocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }

  ~signals_blocked() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

private:
  sigset_t before_;
};

} // namespace

std::thread start_service_thread(const char* name, std::function<void()> run) {
  signals_blocked guard;
  std::thread result{std::move(run)};
  pthread_setname_np(result.native_handle(), name);
  return result;
}

} // namespace obol::internal
