#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace obol::servers {

/// What became of a server that was started.
struct server_event {
  enum class kind {
    /// Clients can connect.
    listening,
    /// It is gone, or could not be started.
    ended,
  };

  kind what = kind::ended;

  /// For `ended`: how, and what the server logged last.
  std::string text;
};

/// How a server is started.
struct server_command {
  /// The program's path and its arguments.
  std::vector<std::string> words;

  std::string socket_path;

  /// Where its output goes, from the beginning at each start.
  std::filesystem::path log;

  /// A file the server holds open as well, so that a lock on it lasts until the
  /// server is gone too; -1 for none.
  int shared_file = -1;
};

/// The seam behind which a server runs.
class server_runner {
public:
  virtual ~server_runner() = default;

  /// Starts the server, which is not running; events tell what becomes of it.
  virtual void start() = 0;

  /// Asks it to end. There is one `ended` for every `start`.
  virtual void terminate() = 0;

  /// Makes it end.
  virtual void kill() = 0;
};

/// A server that runs as a child of this process, and of a thread that lives
/// as long as this object. The kernel ends it when that thread is gone, however
/// that came about; so it cannot outlive this process.
class server_process final : public server_runner {
public:
  using listener = std::function<void(server_event)>;

  /// How long a server may take until clients can connect.
  static constexpr std::chrono::seconds start_limit{10};

  /// `hear` is called from that thread, and from `terminate`.
  server_process(server_command command, listener hear);

  /// Kills the server if it runs.
  ~server_process() override;

  void start() override;
  void terminate() override;
  void kill() override;

private:
  void run();
  void run_once();
  void await_listening();
  server_event reap();
  void signal(int number);

  const server_command command_;
  const listener hear_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // All below hold the mutex.
  bool start_wanted_ = false;
  bool is_closing_ = false;
  pid_t pid_ = -1;
  std::thread thread_;
};

} // namespace obol::servers
