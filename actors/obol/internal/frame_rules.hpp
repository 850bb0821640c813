#pragma once

#include "obol/options.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace obol::internal {

// What may come over a connection between nodes. CAF's protocol (BASP) trusts
// every peer: it lets it name any actor, send any message type to it, also to
// CAF's own spawn and config servers, and announce frames of 4 GiB. So frames
// are looked at before CAF sees them.
//
// A frame is a header of 32 bytes, numbers in network order:
//   operation (1 byte), 2 bytes of 0, flags (1 byte), payload length (4),
//   operation data, the request's number (8), source actor (8),
//   destination actor (8)
// and the payload. That of a message: how many actors the answer is passed on
// by (varint), a type number (2 bytes; 0: a name follows), the name of the
// types (varint length, text like "@<>+obol::get_request"), the values.

/// The first bytes of a frame.
struct frame_header {
  std::uint8_t operation = 0;
  std::uint8_t flags = 0;
  std::uint32_t payload_bytes = 0;
  std::uint64_t operation_data = 0;
  std::uint64_t source = 0;
  std::uint64_t destination = 0;
};

inline constexpr std::size_t frame_header_bytes = 32;

/// @pre `bytes` has `frame_header_bytes`
frame_header read_frame_header(std::string_view bytes);

/// What this process is to the others.
struct frame_role {
  /// The published gateway's number; 0 if there is none.
  std::uint64_t gateway = 0;
  /// Whether it makes requests of its own.
  bool expects_answers = false;
};

/// The largest request: the largest session that any node can be told to take,
/// and room for names and times. Not less where a node takes less: a frame that
/// is too large ends its connection, and its client would send the request to
/// the next node, and end that connection as well. A session that is too large
/// for the node is to be answered.
inline constexpr std::size_t max_request_bytes = max_session_limit + 64 * 1024;

/// The largest answer: 200,000 sessions of what one reply of the server holds.
inline constexpr std::size_t max_answer_bytes = 128 * 1024 * 1024;

/// Why the frame ends its connection; empty if it is in order. `greeted`:
/// whether the peer is known already.
std::string_view check_header(const frame_header& x, const frame_role& role,
                              bool greeted);

/// The same for its payload.
std::string_view check_payload(const frame_header& x, std::string_view payload,
                               const frame_role& role);

} // namespace obol::internal
