#pragma once

#include "obol/node_options.hpp"

#include <openssl/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace obol::test {

/// Somebody who speaks to a node in bytes of his choice, with encryption or
/// without. All it waits for comes soon: what does not come within 10 s never
/// does.
class raw_peer {
public:
  /// Connects by TCP.
  explicit raw_peer(std::uint16_t port);

  /// The same, then by TLS. Empty files are not shown. `max_version` is one of
  /// OpenSSL's numbers, 0 for any.
  raw_peer(std::uint16_t port, const node_tls& files, int max_version = 0);

  ~raw_peer();
  raw_peer(const raw_peer&) = delete;
  raw_peer& operator=(const raw_peer&) = delete;

  /// False if the node has hung up.
  bool send(std::string_view bytes);

  /// So many bytes; fewer if the node hangs up before.
  std::string receive(std::size_t count);

  /// All that comes until the node hangs up; empty if it does not.
  std::optional<std::string> receive_all();

  /// Whether the node hangs up without having said anything.
  bool is_sent_away();

private:
  /// What `receive` reads of one call; 0 at the end, -1 if nothing comes.
  long read(char* buffer, std::size_t size);

  int socket_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
  bool broken_ = false;
};

// -- frames of CAF's protocol -------------------------------------------------

/// See actors/obol/internal/frame_rules.hpp.
struct raw_frame {
  std::uint8_t operation = 2;
  std::uint8_t flags = 0;
  std::uint64_t operation_data = 0x1000000000000001;
  std::uint64_t source = 77;
  std::uint64_t destination = 0;
  std::string payload;
  /// Announced instead of the payload's size.
  std::optional<std::uint32_t> announced;

  std::string bytes() const;
};

/// The payload of a message of one type.
std::string message_payload(std::string_view type, std::string_view values);

/// What a node says of itself when somebody connects.
struct greeting {
  /// 32 bytes.
  std::string node_id;
  /// The published actor.
  std::uint64_t actor = 0;
};

/// Reads the greeting and answers as a process with this number.
greeting greet(raw_peer& peer, std::uint32_t process = 4711);

/// The same without an answer.
greeting read_greeting(raw_peer& peer);

/// A node id of the same machine, of another process.
std::string node_id_of(const greeting& x, std::uint32_t process);

} // namespace obol::test
