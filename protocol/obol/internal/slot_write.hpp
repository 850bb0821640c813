#pragma once

#include "obol/session_commands.hpp"

#include <cstdint>
#include <string>

namespace obol::internal {

/// What the function `upsert` of `hash_field_expiry` wants to be told besides
/// id, version, session and expiry; what each word means stands at the head of
/// its library.
struct slot_write {
  std::string entry;
  std::string times;
  std::string slot;
  std::int64_t old_lock = 0;
};

/// Puts it in place of what `out` held, whose memory is used again.
void put_slot_write(slot_write& out,
                    const session_commands::upsert_arguments& x);

} // namespace obol::internal
