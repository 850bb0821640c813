#pragma once

#include <sched.h>

namespace obol::bench {

/// Which processors the threads of a benchmark run on.
///
/// A kernel may keep a server and who asks it on one processor while another
/// is idle; that is then what an open loop measures. Apart, the server has the
/// first processor, and who is measured the others. Who only makes the load,
/// and in life is elsewhere, is beside the one of both that has less to do.
class processors {
public:
  enum class side { server, measured, all };

  /// How many there must be to be told apart.
  static constexpr int apart_min = 2;

  /// All run wherever the kernel puts them.
  static processors shared();

  /// @pre usable() >= apart_min
  static processors apart();

  /// How many the calling thread may run on.
  static int usable();

  /// How many there are.
  int count(side where) const;

  /// From here on the calling thread runs there, and those that it starts.
  void go_to(side where) const;

private:
  explicit processors(bool is_apart);

  const cpu_set_t& of(side where) const;

  cpu_set_t all_;
  cpu_set_t server_;
  cpu_set_t measured_;
};

} // namespace obol::bench
