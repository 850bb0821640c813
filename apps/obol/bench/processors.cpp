#include "bench/processors.hpp"

#include "obol/internal/usable_processors.hpp"

namespace obol::bench {

namespace {

/// Those of the calling thread; none where the machine has more than fit in.
cpu_set_t own_processors() {
  cpu_set_t result;
  if (::sched_getaffinity(0, sizeof result, &result) != 0)
    CPU_ZERO(&result);
  return result;
}

} // namespace

processors processors::shared() {
  return processors{false};
}

processors processors::apart() {
  return processors{true};
}

int processors::usable() {
  return static_cast<int>(internal::usable_processors());
}

processors::processors(bool is_apart)
  : all_(own_processors()), server_(all_), measured_(all_) {
  if (!is_apart)
    return;
  int first = 0;
  while (!CPU_ISSET(first, &all_))
    ++first;
  CPU_ZERO(&server_);
  CPU_SET(first, &server_);
  CPU_CLR(first, &measured_);
}

int processors::count(side where) const {
  return CPU_COUNT(&of(where));
}

const cpu_set_t& processors::of(side where) const {
  switch (where) {
    case side::server:
      return server_;
    case side::measured:
      return measured_;
    case side::all:
      break;
  }
  return all_;
}

void processors::go_to(side where) const {
  const auto& target = of(where);
  // That it fails means that somebody else has taken processors away from us,
  // who then decides where we run.
  static_cast<void>(::sched_setaffinity(0, sizeof target, &target));
}

} // namespace obol::bench
