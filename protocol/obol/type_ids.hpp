#pragma once

#include "obol/error.hpp"
#include "obol/message_inspect.hpp"
#include "obol/messages.hpp"

#include <caf/type_id.hpp>

// What crosses the wire. The first number is ours alone: two libraries that
// begin at the same one do not compile together.

CAF_BEGIN_TYPE_ID_BLOCK(obol, caf::first_custom_type_id + 4200)

  CAF_ADD_TYPE_ID(obol, (obol::session_key))
  CAF_ADD_TYPE_ID(obol, (obol::session_set))
  CAF_ADD_TYPE_ID(obol, (obol::session))
  CAF_ADD_TYPE_ID(obol, (obol::get_request))
  CAF_ADD_TYPE_ID(obol, (obol::upsert_request))
  CAF_ADD_TYPE_ID(obol, (obol::delete_request))
  CAF_ADD_TYPE_ID(obol, (obol::get_all_request))
  CAF_ADD_TYPE_ID(obol, (obol::delete_all_request))
  CAF_ADD_TYPE_ID(obol, (obol::delete_others_request))
  CAF_ADD_TYPE_ID(obol, (obol::revoke_before_request))
  CAF_ADD_TYPE_ID(obol, (obol::resolution_token))
  CAF_ADD_TYPE_ID(obol, (obol::resolve_request))
  CAF_ADD_TYPE_ID(obol, (obol::resolution))
  CAF_ADD_TYPE_ID(obol, (obol::status_request))
  CAF_ADD_TYPE_ID(obol, (obol::wait_ready_request))
  CAF_ADD_TYPE_ID(obol, (obol::subscribe_request))
  CAF_ADD_TYPE_ID(obol, (obol::get_answer))
  CAF_ADD_TYPE_ID(obol, (obol::get_all_answer))
  CAF_ADD_TYPE_ID(obol, (obol::removed))
  CAF_ADD_TYPE_ID(obol, (obol::session_event_kind))
  CAF_ADD_TYPE_ID(obol, (obol::session_event))
  CAF_ADD_TYPE_ID(obol, (obol::pool_phase))
  CAF_ADD_TYPE_ID(obol, (obol::pool_counts))
  CAF_ADD_TYPE_ID(obol, (obol::ignored_counts))
  CAF_ADD_TYPE_ID(obol, (obol::store_status))
  CAF_ADD_TYPE_ID(obol, (obol::upsert_origin))
  CAF_ADD_TYPE_ID(obol, (obol::probe_request))
  CAF_ADD_TYPE_ID(obol, (obol::node_report))

CAF_END_TYPE_ID_BLOCK(obol)
