#pragma once

#include "obol/internal/call_fate.hpp"
#include "obol/messages.hpp"

#include <caf/error.hpp>
#include <caf/message.hpp>
#include <caf/timespan.hpp>
#include <caf/type_erased_tuple.hpp>

#include <cstdint>
#include <optional>

namespace obol::internal {

/// Which of the store's requests a message is.
enum class remote_kind : std::uint8_t {
  get,
  upsert,
  remove,
  get_all,
  remove_all,
  remove_others,
  revoke_before,
  resolve,
};

/// Empty if it is none that goes to a node.
std::optional<remote_kind> kind_of(const caf::type_erased_tuple& x);

call_kind effect_of(remote_kind x);

/// Why the request breaks a rule; empty if it keeps them all.
caf::error check(const caf::type_erased_tuple& x, remote_kind kind);

caf::timespan timeout_of(const caf::message& x, remote_kind kind);

void set_timeout(caf::message& x, remote_kind kind, caf::timespan value);

/// What subscribers are told when the request was answered so; empty if
/// nothing.
std::optional<session_event> event_of(const caf::message& request,
                                      remote_kind kind,
                                      const caf::message& answer);

} // namespace obol::internal
