#include "obol/internal/guarded_broker.hpp"

#include "obol/internal/guarded_middleman.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/message_handler.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace obol::internal {

namespace {

namespace basp = caf::io::basp;

/// How often it is looked at who has not greeted.
constexpr auto look_interval = std::chrono::milliseconds{100};

/// Whether a peer's greeting says that this is the connection it means.
bool is_meant(const basp::endpoint_context& peer) {
  return peer.hdr.has(basp::header::select_connection_flag);
}

frame_header header_of(const basp::header& x) {
  return {static_cast<std::uint8_t>(x.operation), x.flags,
          x.payload_len,                          x.operation_data,
          x.source_actor,                         x.dest_actor};
}

} // namespace

guarded_broker::guarded_broker(caf::actor_config& config)
  : caf::io::basp_broker(config), rules_(rules_of(system())) {
}

caf::behavior guarded_broker::make_behavior() {
  auto base = caf::io::basp_broker::make_behavior();
  delayed_send(this, look_interval, look_at_handshakes{});
  // The stock handler would print the message, content included.
  set_default_handler(caf::drop);
  caf::message_handler ours{
    [this](const caf::io::new_connection_msg& x) { on_new_connection(x); },
    [this](caf::io::new_data_msg& x) { on_data(x); },
    [this](const look_at_handshakes&) { on_look(); },
    [this](const cut_node& x) { on_cut(x.node); },
  };
  return ours.or_else(caf::message_handler{base.as_behavior_impl()});
}

bool guarded_broker::cleanup(caf::error&& reason, caf::execution_unit* host) {
  // As abstract_broker does it, but not past the one who closes the mailbox.
  close_all();
  return caf::scheduled_actor::cleanup(std::move(reason), host);
}

void guarded_broker::learned_new_node_directly(const caf::node_id&, bool) {
}

void guarded_broker::learned_new_node_indirectly(const caf::node_id&) {
}

// -- what comes ---------------------------------------------------------------

void guarded_broker::on_new_connection(const caf::io::new_connection_msg& x) {
  std::size_t most = 0;
  {
    std::lock_guard guard{rules_->mutex};
    most = rules_->max_peers;
  }
  if (num_connections() > most && !end_a_stranger()) {
    log("a peer is turned away: limits.max_peers are connected");
    hang_up(x.handle);
    return;
  }
  strangers_[x.handle] = std::chrono::steady_clock::now();
  set_context(x.handle);
  instance.write_server_handshake(context(), get_buffer(x.handle),
                                  local_port(x.source));
  flush(x.handle);
  configure_read(x.handle, caf::io::receive_policy::exactly(basp::header_size));
}

void guarded_broker::on_data(caf::io::new_data_msg& x) {
  set_context(x.handle);
  if (auto reason = check(x); !reason.empty()) {
    end(x.handle, reason);
    return;
  }
  // Its context may be another one by now.
  set_context(x.handle);
  auto& context_of_peer = *this_context;
  if (is_premature(context_of_peer, x.buf)) {
    context_of_peer.cstate = basp::await_header;
    configure_read(x.handle,
                   caf::io::receive_policy::exactly(basp::header_size));
    return;
  }
  // As CAF does it.
  auto next
    = instance.handle(context(), x, context_of_peer.hdr,
                      context_of_peer.cstate == basp::await_payload);
  if (basp::requires_shutdown(next)) {
    end(x.handle, "not as the protocol demands");
    return;
  }
  if (next == context_of_peer.cstate)
    return;
  auto bytes = next == basp::await_payload ? context_of_peer.hdr.payload_len
                                           : basp::header_size;
  configure_read(x.handle, caf::io::receive_policy::exactly(bytes));
  context_of_peer.cstate = next;
}

std::string_view guarded_broker::check(const caf::io::new_data_msg& x) {
  frame_role role;
  {
    std::lock_guard guard{rules_->mutex};
    role = rules_->role;
  }
  std::string_view bytes{x.buf.data(), x.buf.size()};
  auto& peer = *this_context;
  if (peer.cstate != basp::await_payload) {
    if (bytes.size() != frame_header_bytes)
      return "no frame";
    auto header = read_frame_header(bytes);
    // Who connects is greeted first, and answers.
    if (header.operation == 0 && !peer.callback)
      return "a greeting of the wrong side";
    if (header.operation == 1 && peer.callback)
      return "a greeting of the wrong side";
    return check_header(header, role, has_greeted(x.handle));
  }
  auto header = header_of(peer.hdr);
  std::string_view reason;
  if (peer.hdr.operation == basp::message_type::client_handshake)
    reason = check_greeting(peer, x.buf);
  else if (peer.hdr.operation == basp::message_type::server_handshake)
    reason = check_host(x.buf);
  if (!reason.empty())
    return reason;
  return check_payload(header, bytes, role);
}

std::string_view
guarded_broker::check_greeting(basp::endpoint_context& peer,
                               const std::vector<char>& payload) {
  auto who = id_in(payload);
  if (!who || who == this_node())
    return "a greeting of nobody";
  if (auto known = instance.tbl().lookup_direct(peer.hdl))
    return known == who ? std::string_view{} : "a greeting of somebody else";
  auto before = instance.tbl().lookup_direct(who);
  if (before && is_meant(peer))
    end(*before, "the peer has connected anew");
  return {};
}

bool guarded_broker::is_premature(const basp::endpoint_context& peer,
                                  const std::vector<char>& payload) {
  return peer.cstate == basp::await_payload
         && peer.hdr.operation == basp::message_type::client_handshake
         && !is_meant(peer) && !has_greeted(peer.hdl)
         && instance.tbl().lookup_direct(id_in(payload));
}

caf::node_id guarded_broker::id_in(const std::vector<char>& payload) {
  caf::binary_deserializer source{context(), payload};
  caf::node_id result;
  if (source(result))
    return {};
  return result;
}

std::string_view guarded_broker::check_host(const std::vector<char>& payload) {
  caf::binary_deserializer source{context(), payload};
  caf::node_id who;
  std::vector<std::string> dialects;
  caf::actor_id published = caf::invalid_actor_id;
  std::set<std::string> interface;
  if (source(who, dialects, published, interface) || !who)
    return "a greeting of nobody";
  auto known = instance.tbl().lookup_direct(who);
  if (!known)
    return {};
  // Anybody can say that he is that node: he cannot know more than its number.
  auto is_ours = ctx.count(*known) > 0 && ctx[*known].remote_port != 0;
  if (!is_ours || !proxies().get(who, published))
    return "a greeting of somebody else";
  finalize_handshake(who, published, interface);
  return "there is one to that node";
}

bool guarded_broker::has_greeted(caf::io::connection_handle connection) {
  return static_cast<bool>(instance.tbl().lookup_direct(connection));
}

bool guarded_broker::end_a_stranger() {
  std::erase_if(strangers_, [this](auto& x) {
    return ctx.count(x.first) == 0 || has_greeted(x.first);
  });
  auto oldest
    = std::min_element(strangers_.begin(), strangers_.end(),
                       [](auto& x, auto& y) { return x.second < y.second; });
  if (oldest == strangers_.end())
    return false;
  auto connection = oldest->first;
  strangers_.erase(oldest);
  end(connection, "others, who may greet, need its place");
  return true;
}

// -- ends ---------------------------------------------------------------------

void guarded_broker::on_look() {
  delayed_send(this, look_interval, look_at_handshakes{});
  auto now = std::chrono::steady_clock::now();
  std::erase_if(strangers_, [this](auto& x) {
    return ctx.count(x.first) == 0 || has_greeted(x.first);
  });
  duration timeout{};
  {
    std::lock_guard guard{rules_->mutex};
    timeout = rules_->handshake_timeout;
  }
  std::vector<caf::io::connection_handle> late;
  for (auto& [connection, peer] : ctx)
    if (!has_greeted(connection)
        && now - strangers_.try_emplace(connection, now).first->second
             >= timeout)
      late.push_back(connection);
  for (auto connection : late)
    end(connection, "no greeting in time");
}

void guarded_broker::on_cut(const caf::node_id& node) {
  if (auto connection = instance.tbl().lookup_direct(node)) {
    connection_cleanup(*connection, caf::sec::none);
    hang_up(*connection);
  }
}

void guarded_broker::end(caf::io::connection_handle connection,
                         std::string_view reason) {
  log("a connection is ended: " + std::string{reason});
  connection_cleanup(connection, caf::sec::malformed_basp_message);
  hang_up(connection);
}

void guarded_broker::hang_up(caf::io::connection_handle connection) {
  // CAF would first send what is waiting, for which a peer that reads nothing,
  // or has not finished with TLS, can make it wait for ever. Its handles are
  // the sockets' numbers.
  ::shutdown(static_cast<int>(connection.id()), SHUT_RDWR);
  close(connection);
}

void guarded_broker::log(std::string_view what) {
  if (rules_->log)
    rules_->log(log_level::warning, "obol.nodes", what);
}

} // namespace obol::internal
