#pragma once

#include <string>

#include "config/scratch_folder.hpp"

namespace obol::test {

/// What a service manager listens on, for sd_notify(3).
class notify_listener {
public:
  notify_listener();
  ~notify_listener();
  notify_listener(const notify_listener&) = delete;
  notify_listener& operator=(const notify_listener&) = delete;

  /// As the variable NOTIFY_SOCKET has it.
  const std::string& address() const {
    return address_;
  }

  /// Waits for the next message; empty if none comes in time.
  std::string next();

  /// Reads on until a message holds the text; false if none comes in time.
  bool hears(const std::string& text);

  /// All messages that were read, one after the other.
  const std::string& all() const {
    return all_;
  }

private:
  scratch_folder folder_;
  std::string address_;
  std::string all_;
  int socket_;
};

} // namespace obol::test
