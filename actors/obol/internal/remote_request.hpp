#pragma once

#include "obol/internal/call_fate.hpp"
#include "obol/internal/metric_labels.hpp"
#include "obol/messages.hpp"

#include <caf/error.hpp>
#include <caf/message.hpp>
#include <caf/timespan.hpp>
#include <caf/type_erased_tuple.hpp>

#include <optional>

namespace obol::internal {

/// Which request a message is; `none` if it is none that goes to a node.
request_kind kind_of_content(const caf::type_erased_tuple& x);

call_kind effect_of(request_kind x);

/// Why the request breaks a rule; empty if it keeps them all.
caf::error check(const caf::type_erased_tuple& x, request_kind kind);

caf::timespan timeout_of(const caf::message& x, request_kind kind);

void set_timeout(caf::message& x, request_kind kind, caf::timespan value);

/// What subscribers are told when the request was answered so; empty if
/// nothing.
std::optional<session_event> event_of(const caf::message& request,
                                      request_kind kind,
                                      const caf::message& answer);

} // namespace obol::internal
