#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>

namespace obol::test {

struct http_answer {
  /// 0 if the connection ended without one.
  int status = 0;
  std::string head;
  std::string body;
};

/// A connection to a port of 127.0.0.1 that sends just the bytes it is told to.
class http_client {
public:
  explicit http_client(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof(where))
        != 0) {
      ::close(socket_);
      throw std::runtime_error{"nobody listens on the port"};
    }
  }

  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  ~http_client() {
    ::close(socket_);
  }

  /// @returns whether all was taken
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// All that comes until the other side closes.
  http_answer answer() {
    std::string all;
    char buffer[4096];
    for (ssize_t got = 0;
         (got = ::recv(socket_, buffer, sizeof(buffer), 0)) > 0;)
      all.append(buffer, static_cast<std::size_t>(got));
    http_answer result;
    auto end = all.find("\r\n\r\n");
    if (!all.starts_with("HTTP/1.1 ") || end == all.npos)
      return result;
    result.status = std::atoi(all.c_str() + 9);
    result.head = all.substr(0, end);
    result.body = all.substr(end + 4);
    return result;
  }

private:
  int socket_;
};

inline http_answer http_get(std::uint16_t port, const std::string& target) {
  http_client client{port};
  client.send("GET " + target
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  return client.answer();
}

} // namespace obol::test
