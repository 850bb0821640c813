#pragma once

#include "obol/session.hpp"

#include <caf/expected.hpp>

#include <string>
#include <string_view>

namespace obol {

/// A session as people and scripts see it: a JSON object in one line with the
/// field names of `session`; `expires_at` is a number or `"infinite"`, the
/// user id a number or a string. Without the payload, `extra_payload` is left
/// out. Fails with `invalid_argument`, naming the field that JSON cannot
/// express.
caf::expected<std::string> to_json_text(const session& x, bool with_payload);

/// Reads such an object. `id`, `user_id` and `refresh_expires_at` must be
/// there; the other fields have the defaults of `session`. Fails with
/// `invalid_argument`, naming the field and what it must be. The rules of
/// `validate` are not checked.
caf::expected<session> from_json_text(std::string_view text);

} // namespace obol
