#include "obol/gateway.hpp"

#include "obol/error.hpp"
#include "obol/internal/hex.hpp"
#include "obol/options.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_actor.hpp>

#include <utility>

namespace obol {

namespace {

/// How far a client's idea of the server's clock may be ahead of ours.
constexpr std::int64_t clock_slack_ms = 1'000;

template <class... Requests>
bool is_one_of(const caf::type_erased_tuple& x) {
  return (x.match_element<Requests>(0) || ...);
}

bool is_request(const caf::type_erased_tuple& x) {
  return x.size() == 1
         && is_one_of<get_request, upsert_request, delete_request,
                      get_all_request, delete_all_request,
                      delete_others_request, revoke_before_request,
                      resolve_request, status_request, probe_request>(x);
}

bool is_probe(const caf::type_erased_tuple& x) {
  return x.match_element<probe_request>(0);
}

caf::error invalid(std::string text) {
  return caf::make_error(ec::invalid_argument, std::move(text));
}

resolution_token token_of(const upsert_request& x) {
  return {x.session.key(), x.session.lock_version + 1,
          internal::to_hex(x.origin.operation_id), x.origin.server_deadline};
}

} // namespace

gateway::gateway(caf::actor_config& config, gateway_arguments arguments)
  : actor_base(config), args_(std::move(arguments)) {
}

const char* gateway::name() const {
  return "obol.gateway";
}

void gateway::on_destroy() {
  if (getf(is_cleaned_up_flag))
    return;
  cleanup(caf::exit_reason::unreachable, nullptr);
  monitorable_actor::on_destroy();
}

void gateway::enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) {
  // What is neither a request nor an answer asks for nothing we do: exit, link
  // and down messages of peers end here too.
  if (what->mid.is_response())
    on_answer(*what, host);
  else if (what->mid.is_request())
    on_request(*what, host);
}

// -- requests -----------------------------------------------------------------

void gateway::on_request(caf::mailbox_element& x, caf::execution_unit* host) {
  auto reason = check(x);
  auto ticket = reason ? 0 : admit(x, reason);
  if (reason) {
    answer(x.sender, x.mid, caf::make_message(std::move(reason)), host);
    return;
  }
  auto content = is_probe(x.content()) ? caf::make_message(status_request{})
                                       : x.move_content_to_message();
  auto* store = caf::actor_cast<caf::abstract_actor*>(args_.store);
  store->enqueue(caf::make_mailbox_element(ctrl(), caf::make_message_id(ticket),
                                           {}, std::move(content)),
                 host);
}

internal::gateway_ledger::ticket gateway::admit(caf::mailbox_element& x,
                                                caf::error& reason) {
  auto peer = x.sender ? x.sender->nid : caf::node_id{};
  std::lock_guard guard{args_.desk->mutex};
  auto pass = args_.desk->ledger.admit(
    peer, {x.sender, x.mid, is_probe(x.content())},
    args_.context->env.clock->now());
  if (pass.ticket == 0)
    reason = caf::make_error(ec::overloaded,
                             std::string{"the node has reached its "}
                               + to_string(pass.refusal));
  return pass.ticket;
}

caf::error gateway::check(caf::mailbox_element& x) const {
  auto& content = x.content();
  if (!is_request(content))
    return invalid("the node does not know this message");
  if (!x.stages.empty())
    return invalid("the node answers nobody but the requester");
  if (args_.desk->draining)
    return caf::make_error(ec::shutting_down,
                           std::string{"the node is stopping"});
  if (content.match_element<upsert_request>(0))
    return check_upsert(content.get_as<upsert_request>(0));
  return {};
}

caf::error gateway::check_upsert(const upsert_request& x) const {
  auto& store = *args_.context;
  if (x.session.extra_payload.etf().size() > store.options.max_session_bytes)
    return invalid("extra_payload: more than max_session_bytes of the node");
  auto& origin = x.origin;
  if (origin.operation_id == 0)
    return origin == upsert_origin{} ? caf::error{}
                                     : invalid("origin: has no operation_id");
  // A store that has never seen its server says so itself.
  if (!store.server_time.is_known())
    return {};
  auto latest = store.server_time.ms_at(store.env.clock->now())
                + max_deadline.count() + clock_slack_ms;
  if (origin.server_deadline <= 0 || origin.server_deadline > latest)
    return invalid("origin: server_deadline must be within 10 s");
  if (origin.repeated && store.options.write_guard == write_guard::charon)
    return caf::make_error(
      ec::outcome_unknown,
      std::string{"with write_guard = charon no copy is recognised"},
      token_of(x));
  return {};
}

// -- answers ------------------------------------------------------------------

void gateway::on_answer(caf::mailbox_element& x, caf::execution_unit* host) {
  std::optional<internal::gateway_ledger::guest> guest;
  {
    std::lock_guard guard{args_.desk->mutex};
    guest = args_.desk->ledger.settle(x.mid.request_id().integer_value());
  }
  if (!guest)
    return;
  auto content = x.move_content_to_message();
  if (guest->is_probe && content.match_elements<store_status>())
    content
      = caf::make_message(report_of(content.get_as<store_status>(0)));
  answer(guest->requester, guest->request, std::move(content), host);
}

node_report gateway::report_of(const store_status& status) const {
  auto& store = *args_.context;
  node_report result;
  result.status = status;
  if (store.server_time.is_known())
    result.server_ms = store.server_time.ms_at(store.env.clock->now());
  result.recognises_copies
    = store.options.write_guard == write_guard::exactly_once;
  return result;
}

void gateway::answer(const caf::strong_actor_ptr& requester,
                     caf::message_id request, caf::message what,
                     caf::execution_unit* host) {
  if (requester)
    requester->enqueue(ctrl(), request.response_id(), std::move(what), host);
}

gateway_actor spawn_gateway(caf::actor_system& system,
                            const gateway_arguments& arguments) {
  caf::actor_config config;
  auto made = caf::make_actor<gateway, caf::strong_actor_ptr>(
    system.next_actor_id(), system.node(), &system, config, arguments);
  // It ends with its store: peers hear of that, and nothing of it is left in
  // the system's registry when the system goes.
  caf::weak_actor_ptr end{made.get()};
  caf::actor_cast<caf::abstract_actor*>(arguments.store)
    ->attach_functor([end](const caf::error&) {
      if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(end))
        static_cast<gateway*>(alive->get())
          ->cleanup(caf::exit_reason::user_shutdown, nullptr);
    });
  return caf::actor_cast<gateway_actor>(std::move(made));
}

} // namespace obol
