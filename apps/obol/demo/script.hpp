#pragma once

#include "demo/narrator.hpp"
#include "obol/facade.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace obol::demo {

/// The steps of the demo, in order, on a store that is ready.
class script {
public:
  /// `flush_functions` removes all functions from the server; empty where that
  /// is not ours to do.
  script(facade& store, narrator& out, std::function<bool()> flush_functions);

  void play();

  /// Removes what a run leaves.
  void clean_up();

private:
  void log_in_on_three_devices();
  void refresh();
  void refresh_twice_at_once();
  void list_devices();
  void log_out_one();
  void refresh_too_late();
  void log_out_everywhere();
  void lose_the_functions();
  void measure();

  /// A login that was not stored yet.
  session new_login(const std::string& device);

  /// A session as it is after a refresh.
  session refreshed(const session& x) const;

  std::vector<session> log_in_clients();

  facade& store_;
  narrator& out_;
  std::function<bool()> flush_functions_;
  unix_seconds now_;
  user_id user_{42};

  /// As they were last stored.
  std::map<std::string, session> devices_;
};

} // namespace obol::demo
