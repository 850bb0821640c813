#include "monitoring/http_endpoint.hpp"

#include "monitoring/bounded_socket.hpp"
#include "monitoring/open_connections.hpp"
#include "monitoring/worker_threads.hpp"
#include "obol/error.hpp"
#include "obol/internal/service_thread.hpp"

#include <atomic>
#include <httplib.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace obol::monitoring {

namespace {

/// The library's view of a bounded socket.
class bounded_stream final : public httplib::Stream {
public:
  explicit bounded_stream(bounded_socket& socket) : socket_(socket) {
  }

  bool is_readable() const override {
    return socket_.is_readable();
  }

  bool is_writable() const override {
    return socket_.is_writable();
  }

  ssize_t read(char* to, std::size_t size) override {
    return socket_.read(to, size);
  }

  ssize_t write(const char* from, std::size_t size) override {
    return socket_.write(from, size);
  }

  // Who asks is of no interest, here or in a log.
  void get_remote_ip_and_port(std::string&, int&) const override {
  }

  void get_local_ip_and_port(std::string&, int&) const override {
  }

  socket_t socket() const override {
    return socket_.descriptor();
  }

private:
  bounded_socket& socket_;
};

/// The library's view of our threads.
class bounded_queue final : public httplib::TaskQueue {
public:
  explicit bounded_queue(worker_threads& threads) : threads_(threads) {
  }

  void enqueue(std::function<void()> job) override {
    threads_.add(std::move(job));
  }

  void shutdown() override {
    threads_.finish();
  }

private:
  worker_threads& threads_;
};

/// The library's server, on a socket of ours, with bounds for each connection
/// that it has no options for.
class bounded_server final : public httplib::Server {
public:
  bounded_server(int socket, worker_threads& threads,
                 open_connections& connections)
    : connections_(connections) {
    svr_sock_ = socket;
    new_task_queue = [&threads] { return new bounded_queue{threads}; };
  }

private:
  bool process_and_close_socket(socket_t accepted) override {
    bounded_socket socket{
      accepted, bounded_socket::clock::now() + http_endpoint::max_request_time,
      http_endpoint::max_request_bytes};
    open_connections::entry listed{connections_, accepted};
    bounded_stream stream{socket};
    auto closed = false;
    return process_request(stream, true, closed, nullptr);
  }

  open_connections& connections_;
};

} // namespace

class http_endpoint::implementation {
public:
  implementation(listener where, std::vector<route> routes)
    : port_(where.port), server_(where.socket, threads_, connections_) {
    for (auto& x : routes)
      server_.Get(x.path,
                  [make = std::move(x.make)](const httplib::Request&,
                                             httplib::Response& response) {
                    auto answer = make();
                    response.status = answer.status;
                    response.set_content(answer.body, answer.content_type);
                  });
    thread_ = internal::start_service_thread("obol.http", [this] {
      server_.listen_after_bind();
      ended_ = true;
    });
  }

  ~implementation() {
    // Told before it has begun, the server would not hear it.
    while (!server_.is_running() && !ended_)
      std::this_thread::yield();
    server_.stop();
    connections_.take_no_more();
    thread_.join();
  }

  std::uint16_t port() const {
    return port_;
  }

private:
  std::uint16_t port_;
  open_connections connections_;
  worker_threads threads_{max_threads, max_waiting};
  bounded_server server_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

caf::expected<http_endpoint> http_endpoint::open(const listen_address& where,
                                                 std::vector<route> routes) {
  auto socket = listen_at(where);
  if (!socket)
    return socket.error();
  try {
    return http_endpoint{
      std::make_unique<implementation>(*socket, std::move(routes))};
  } catch (const std::system_error&) {
    ::close(socket->socket);
    return caf::make_error(
      ec::unavailable, std::string{"metrics: the system has no thread left"});
  }
}

http_endpoint::http_endpoint(std::unique_ptr<implementation> impl)
  : impl_(std::move(impl)) {
}

http_endpoint::http_endpoint(http_endpoint&&) noexcept = default;

http_endpoint& http_endpoint::operator=(http_endpoint&&) noexcept = default;

http_endpoint::~http_endpoint() = default;

std::uint16_t http_endpoint::port() const {
  return impl_->port();
}

} // namespace obol::monitoring
