#include "obol/internal/frame_rules.hpp"

#include <algorithm>
#include <array>

namespace obol::internal {

namespace {

enum operation : std::uint8_t {
  server_handshake = 0,
  client_handshake = 1,
  direct_message = 2,
  routed_message = 3,
  monitor_message = 4,
  down_message = 5,
  heartbeat = 6,
};

constexpr std::uint8_t select_connection = 0x02;
constexpr std::uint64_t response_bit = 0x8000000000000000;
constexpr std::uint64_t number_mask = 0x0fffffffffffffff;

/// Node ids, application names and the names of message types: far more than
/// ours are.
constexpr std::size_t max_handshake_bytes = 4096;

/// Two node ids; or a node id and an error without a context.
constexpr std::size_t max_notice_bytes = 128;

constexpr std::array<std::string_view, 10> request_types{
  "obol::get_request",        "obol::upsert_request",
  "obol::delete_request",     "obol::get_all_request",
  "obol::delete_all_request", "obol::delete_others_request",
  "obol::revoke_before_request", "obol::resolve_request",
  "obol::status_request",     "obol::probe_request",
};

constexpr std::array<std::string_view, 8> answer_types{
  "obol::get_answer",     "obol::session",    "obol::removed",
  "obol::get_all_answer", "obol::resolution", "obol::store_status",
  "obol::node_report",    "@error",
};

std::uint64_t number(std::string_view bytes) {
  std::uint64_t result = 0;
  for (auto c : bytes)
    result = (result << 8) | static_cast<unsigned char>(c);
  return result;
}

/// The name of the only type in a message's payload; empty if it is otherwise.
std::string_view type_name(std::string_view payload) {
  constexpr std::string_view one_type = "@<>+";
  // Nobody it is passed on by, no number, and a length of one byte.
  if (payload.size() < 4 || payload.substr(0, 3) != std::string_view("\0\0\0", 3))
    return {};
  auto length = static_cast<unsigned char>(payload[3]);
  auto name = payload.substr(4, length);
  if (length >= 0x80 || name.size() != length || !name.starts_with(one_type))
    return {};
  return name.substr(one_type.size());
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list,
              std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_answer(const frame_header& x) {
  return (x.operation_data & response_bit) != 0;
}

std::string_view check_message(const frame_header& x, const frame_role& role) {
  if (x.flags != 0)
    return "a message to an actor by name";
  if (x.destination == 0 || x.source == 0)
    return "a message to or from nobody";
  if (is_answer(x)) {
    if (!role.expects_answers)
      return "an answer that nobody asked for";
    return x.payload_bytes > max_answer_bytes ? "an answer that is too large"
                                              : std::string_view{};
  }
  if (x.destination != role.gateway)
    return "a message to an actor that is not published";
  if ((x.operation_data & number_mask) == 0)
    return "a message that is no request";
  return x.payload_bytes > max_request_bytes ? "a request that is too large"
                                             : std::string_view{};
}

std::string_view at_most(const frame_header& x, std::size_t limit) {
  return x.payload_bytes <= limit ? std::string_view{}
                                  : "a notice that is too large";
}

} // namespace

frame_header read_frame_header(std::string_view bytes) {
  frame_header result;
  result.operation = static_cast<std::uint8_t>(bytes[0]);
  result.flags = static_cast<std::uint8_t>(bytes[3]);
  result.payload_bytes = static_cast<std::uint32_t>(number(bytes.substr(4, 4)));
  result.operation_data = number(bytes.substr(8, 8));
  result.source = number(bytes.substr(16, 8));
  result.destination = number(bytes.substr(24, 8));
  return result;
}

std::string_view check_header(const frame_header& x, const frame_role& role,
                              bool greeted) {
  // CAF reads the payload of a greeting without a look at whether there is one.
  if (x.payload_bytes == 0 && x.operation != heartbeat)
    return "a frame without content";
  switch (x.operation) {
    case server_handshake:
      return greeted ? "a second greeting" : at_most(x, max_handshake_bytes);
    case client_handshake:
      // Clients send two: the second says which connection they mean.
      if ((x.flags & ~select_connection) != 0)
        return "a greeting with flags that are not known";
      return at_most(x, max_handshake_bytes);
    case direct_message:
      return greeted ? check_message(x, role) : "a message before the handshake";
    case monitor_message:
    case down_message:
      return greeted ? at_most(x, max_notice_bytes)
                     : "a notice before the handshake";
    case heartbeat:
      return at_most(x, 0);
    case routed_message:
      return "a message for somebody else";
    default:
      return "no frame";
  }
}

std::string_view check_payload(const frame_header& x, std::string_view payload,
                               const frame_role&) {
  if (x.operation != direct_message)
    return {};
  auto name = type_name(payload);
  auto known = is_answer(x) ? contains(answer_types, name)
                            : contains(request_types, name);
  return known ? std::string_view{} : "a message of a type that is not ours";
}

} // namespace obol::internal
