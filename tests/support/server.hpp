#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/redis_client.hpp"

namespace obol::test {

/// A server program the tests may start.
struct server_kind {
  /// The name in test output, like `redis-8`.
  std::string name;
  /// The executable.
  std::string path;
};

/// The servers named by the environment variable `OBOL_TEST_SERVERS`
/// (`name=path;name=path`), or, when it is unset, `redis-7` as `redis-server`
/// from PATH.
std::vector<server_kind> known_servers();

/// The servers a complete test run covers, present or not.
std::vector<std::string> all_server_names();

/// The server of this name, or nothing after saying loudly on stderr, once per
/// process, that it is missing.
std::optional<server_kind> require_server(const std::string& name);

/// What a throw-away server is started with.
struct server_options {
  /// Also listen on a free port of 127.0.0.1.
  bool tcp = false;
  /// Password of the default user. Not together with `acl`.
  std::string password;
  /// Lines of the ACL file. The default user may do everything unless a line
  /// says otherwise.
  std::vector<std::string> acl;
  /// More command line arguments, like `--maxmemory`, `10mb`.
  std::vector<std::string> arguments;
};

/// A server process in a directory of its own, without persistence unless the
/// options say so; gone, with its directory, when this object is. It also dies
/// with the thread that started it. Not thread-safe. Every member throws
/// `std::runtime_error` when the server does not do what it should.
class server {
public:
  explicit server(server_kind kind, server_options options = {});
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  const std::string& name() const {
    return kind_.name;
  }

  /// Path of the Unix socket, shorter than the 108 bytes the system allows.
  std::string socket_path() const;

  /// The TCP port, 0 without `server_options::tcp`.
  std::uint16_t port() const {
    return port_;
  }

  pid_t pid() const {
    return pid_;
  }

  /// Ends the process with SIGKILL.
  void kill();

  /// Starts it again (after `kill()` if it still runs): same directory, socket
  /// and port, empty unless it has persistence.
  void restart();

  /// Stops the process in its tracks; the kernel still accepts connections.
  void freeze();
  void thaw();

  /// Runs one command as the default user on a connection kept for this.
  redis_reply command(const std::vector<std::string>& arguments);

  /// A new connection, authenticated as nobody yet.
  redis_client connect() const;

  /// Whether the server knows this command.
  bool has_command(const std::string& command_name);

  /// What the server has logged so far.
  std::string log() const;

private:
  std::vector<std::string> command_line() const;
  void start();
  void spawn();
  bool answers_in_time();
  bool has_exited();
  void authenticate(redis_client& client) const;

  server_kind kind_;
  server_options options_;
  std::filesystem::path directory_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  std::unique_ptr<redis_client> client_;
};

/// Base of tests that run once per server of `all_server_names()`; skipped
/// where the server is missing.
class server_test : public ::testing::TestWithParam<std::string> {
protected:
  void SetUp() override;

  /// Starts a server of the kind under test.
  std::unique_ptr<server> start(server_options options = {}) const;

private:
  std::optional<server_kind> kind_;
};

/// Names a test instance after its server, with the characters GoogleTest
/// permits: `redis_8`.
std::string
server_test_name(const ::testing::TestParamInfo<std::string>& parameter);

} // namespace obol::test
