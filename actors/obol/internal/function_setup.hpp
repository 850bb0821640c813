#pragma once

#include "obol/error.hpp"
#include "obol/function_library.hpp"
#include "obol/keyspace.hpp"
#include "obol/options.hpp"
#include "obol/reply.hpp"
#include "obol/session_commands.hpp"
#include "obol/signals.hpp"

#include <caf/error.hpp>

#include <optional>
#include <string>

namespace obol::internal {

/// Brings our function library to a server and proves that it works there:
/// which commands to send, and what the replies mean.
///
///     detect --> list --> load --> list again --> probe --> done
///        |         |                   |            ^
///        |         +-------------------+------------+
///        +-- only for servers we do not know; failed from anywhere
class function_setup {
public:
  enum class progress {
    /// Send `request` next, with the account `needs` names.
    next,
    done,
    failed,
  };

  enum class permission { functions, data };

  /// `wanted` is the layout to use; `automatic` asks the server.
  function_setup(const options& settings, layout wanted, server_facts server,
                 std::string random);

  /// The command to send now.
  std::string request(unix_seconds now) const;

  /// Which account may send it.
  permission needs() const {
    return step_ == step::probe ? permission::data : permission::functions;
  }

  progress on_reply(const reply& x);

  /// @pre known: `on_reply` was asked for the next step at least once, or the
  /// server is one we know
  obol::layout layout() const {
    return layout_;
  }

  /// Whether it was this setup that loaded the library.
  bool loaded() const {
    return loaded_;
  }

  const caf::error& failure() const {
    return failure_;
  }

private:
  enum class step { detect, list, load, list_again, probe };

  void choose(obol::layout kind);

  progress on_detected(const reply& x);

  progress on_list(const reply& x);

  progress on_load(const reply& x);

  progress on_probe(const reply& x);

  progress fail(const reply& x);

  progress fail(ec code, std::string text);

  const options& settings_;
  server_facts server_;
  std::string random_;
  function_setup::step step_ = step::detect;
  obol::layout layout_ = obol::layout::automatic;
  const function_library* library_ = nullptr;
  bool loaded_ = false;
  caf::error failure_;
};

} // namespace obol::internal
