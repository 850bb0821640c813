#pragma once

#include "obol/user_id.hpp"

#include <string>

namespace obol {

/// The type every session has that says nothing else.
inline constexpr const char* default_session_type = "full";

/// All sessions of one user and type: what is listed and revoked together.
struct session_set {
  obol::user_id user_id;
  std::string type = default_session_type;

  friend bool operator==(const session_set&, const session_set&) = default;
};

/// Names one session.
struct session_key {
  std::string id;
  obol::user_id user_id;
  std::string type = default_session_type;

  session_set set() const {
    return {user_id, type};
  }

  friend bool operator==(const session_key&, const session_key&) = default;
};

} // namespace obol
