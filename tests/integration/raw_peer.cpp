#include "integration/raw_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace obol::test {

namespace {

constexpr timeval patience{10, 0};

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i)
    out += static_cast<char>(value >> (8 * i) & 0xff);
}

std::uint64_t number(std::string_view bytes) {
  std::uint64_t result = 0;
  for (auto c : bytes)
    result = result << 8 | static_cast<unsigned char>(c);
  return result;
}

} // namespace

raw_peer::raw_peer(std::uint16_t port) {
  std::signal(SIGPIPE, SIG_IGN);
  socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address))
      != 0)
    throw std::runtime_error{"the node cannot be connected to"};
}

raw_peer::raw_peer(std::uint16_t port, const node_tls& files, int max_version)
  : raw_peer(port) {
  context_ = SSL_CTX_new(TLS_client_method());
  if (max_version != 0) {
    // What the system forbids by itself shall not be what is tested.
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, max_version);
    SSL_CTX_set_max_proto_version(context_, max_version);
  }
  if (!files.certificate_file.empty()
      && (SSL_CTX_use_certificate_chain_file(context_,
                                             files.certificate_file.c_str())
            != 1
          || SSL_CTX_use_PrivateKey_file(context_, files.key_file.c_str(),
                                         SSL_FILETYPE_PEM)
               != 1))
    throw std::runtime_error{"the peer's files cannot be used"};
  tls_ = SSL_new(context_);
  SSL_set_fd(tls_, socket_);
  broken_ = SSL_connect(tls_) != 1;
}

raw_peer::~raw_peer() {
  SSL_free(tls_);
  SSL_CTX_free(context_);
  if (socket_ >= 0)
    ::close(socket_);
}

bool raw_peer::send(std::string_view bytes) {
  while (!broken_ && !bytes.empty()) {
    auto n = tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                  : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0)
      broken_ = true;
    else
      bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return !broken_;
}

long raw_peer::read(char* buffer, std::size_t size) {
  if (tls_) {
    auto n = SSL_read(tls_, buffer, static_cast<int>(size));
    if (n > 0)
      return n;
    auto why = SSL_get_error(tls_, n);
    return why == SSL_ERROR_WANT_READ ? -1 : 0;
  }
  auto n = ::recv(socket_, buffer, size, 0);
  if (n < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK ? -1 : 0;
  return n;
}

std::string raw_peer::receive(std::size_t count) {
  std::string result(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    auto n = read(result.data() + have, count - have);
    if (n <= 0)
      break;
    have += static_cast<std::size_t>(n);
  }
  result.resize(have);
  return result;
}

std::optional<std::string> raw_peer::receive_all() {
  std::string result;
  char buffer[4096];
  for (;;) {
    auto n = broken_ && tls_ ? 0 : read(buffer, sizeof(buffer));
    if (n < 0)
      return std::nullopt;
    if (n == 0)
      return result;
    result.append(buffer, static_cast<std::size_t>(n));
  }
}

bool raw_peer::is_sent_away() {
  return receive_all() == std::string{};
}

// -- frames -------------------------------------------------------------------

std::string raw_frame::bytes() const {
  std::string result;
  put(result, operation, 1);
  put(result, 0, 2);
  put(result, flags, 1);
  put(result, announced.value_or(static_cast<std::uint32_t>(payload.size())),
      4);
  put(result, operation_data, 8);
  put(result, source, 8);
  put(result, destination, 8);
  return result + payload;
}

std::string message_payload(std::string_view type, std::string_view values) {
  std::string result(3, '\0');
  auto name = "@<>+" + std::string{type};
  put(result, name.size(), 1);
  return result.append(name).append(values);
}

greeting read_greeting(raw_peer& peer) {
  auto header = peer.receive(32);
  if (header.size() != 32)
    return {};
  auto payload
    = peer.receive(static_cast<std::size_t>(number(header.substr(4, 4))));
  greeting result;
  result.node_id = payload.substr(0, 32);
  // The application's name and the actor follow.
  auto rest = payload.substr(32);
  if (rest.size() > 2) {
    auto name = static_cast<unsigned char>(rest[1]);
    result.actor = number(std::string_view{rest}.substr(2u + name, 8));
  }
  return result;
}

std::string node_id_of(const greeting& x, std::uint32_t process) {
  auto result = x.node_id;
  std::string bytes;
  put(bytes, process, 4);
  return result.replace(8, 4, bytes);
}

greeting greet(raw_peer& peer, std::uint32_t process) {
  auto result = read_greeting(peer);
  raw_frame answer;
  answer.operation = 1;
  answer.operation_data = 0;
  answer.source = 0;
  answer.payload = node_id_of(result, process);
  peer.send(answer.bytes());
  return result;
}

} // namespace obol::test
