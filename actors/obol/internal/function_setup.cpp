#include "obol/internal/function_setup.hpp"

#include "obol/command.hpp"
#include "obol/error.hpp"
#include "obol/server_error.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace obol::internal {

namespace {

/// For how long the keys of the self-test may outlive a crash in its middle.
constexpr unix_seconds probe_lifetime = 10;

int major_version(const std::string& version) {
  int result = 0;
  std::from_chars(version.data(), version.data() + version.size(), result);
  return result;
}

/// The layout a server we know is made for. Hash fields that expire by HSETEX
/// came with Redis 8 and Valkey 9.
layout known_layout(const server_facts& server) {
  auto major = major_version(server.version);
  if (server.name == "redis" && major >= 7)
    return major >= 8 ? layout::hash_field_expiry : layout::three_set;
  if (server.name == "valkey" && major >= 7)
    return major >= 9 ? layout::hash_field_expiry : layout::three_set;
  return layout::automatic;
}

/// The command in a reply like `DENIED hsetex`, after its first word.
std::string command_after(std::string_view word, const std::string& text) {
  constexpr std::size_t max_command_size = 32;
  if (!text.starts_with(word) || text.size() > word.size() + max_command_size)
    return {};
  auto command = text.substr(word.size());
  auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return std::all_of(command.begin(), command.end(), is_letter) ? command
                                                                : std::string{};
}

const reply* field(const reply& pairs, std::string_view name) {
  for (std::size_t i = 0; i + 1 < pairs.elements.size(); i += 2)
    if (pairs.elements[i].text == name)
      return &pairs.elements[i + 1];
  return nullptr;
}

} // namespace

function_setup::function_setup(const options& settings, obol::layout wanted,
                               server_facts server, std::string random)
  : settings_(settings), server_(std::move(server)),
    random_(std::move(random)) {
  auto kind = wanted != layout::automatic ? wanted : known_layout(server_);
  if (kind != layout::automatic)
    choose(kind);
}

void function_setup::choose(obol::layout kind) {
  layout_ = kind;
  library_ = kind == layout::three_set ? &library_for_three_set()
                                       : &library_for_hash_field_expiry();
  step_ = step::list;
}

std::string function_setup::request(unix_seconds now) const {
  switch (step_) {
    case step::detect:
      return command{"COMMAND", "INFO", "HSETEX"}.bytes();
    case step::list:
    case step::list_again:
      return command{"FUNCTION", "LIST", "LIBRARYNAME", library_->name,
                     "WITHCODE"}
        .bytes();
    case step::load:
      return command{"FUNCTION", "LOAD", library_->code}.bytes();
    case step::probe:
      break;
  }
  session_commands commands{keyspace{settings_.key_prefix, layout_},
                            library_->name, settings_.write_guard};
  return commands.probe(random_, now + probe_lifetime).bytes();
}

function_setup::progress function_setup::on_reply(const reply& x) {
  switch (step_) {
    case step::detect:
      return on_detected(x);
    case step::list:
    case step::list_again:
      return on_list(x);
    case step::load:
      return on_load(x);
    case step::probe:
      break;
  }
  return on_probe(x);
}

function_setup::progress function_setup::on_detected(const reply& x) {
  if (x.is_error())
    return fail(x);
  auto known = x.is_array(1) && !x.elements[0].is_nil()
               && !x.elements[0].elements.empty();
  choose(known ? layout::hash_field_expiry : layout::three_set);
  return progress::next;
}

function_setup::progress function_setup::on_list(const reply& x) {
  if (x.is_error()) {
    // Not allowed to look: the self-test tells whether the library is there,
    // since its name is the hash of its code.
    if (classify(x.text).kind != server_error_kind::noperm)
      return fail(x);
    step_ = step::probe;
    return progress::next;
  }
  if (!x.is_array())
    return fail(ec::misconfigured, "FUNCTION LIST answered in an unknown form");
  if (x.elements.empty()) {
    if (settings_.functions == function_loading::preloaded)
      return fail(ec::misconfigured,
                  "the function library " + library_->name
                    + " is not in the server, and the option functions says "
                      "preloaded");
    if (step_ == step::list_again)
      return fail(ec::unavailable, "the function library came and went");
    step_ = step::load;
    return progress::next;
  }
  auto* code = field(x.elements.front(), "library_code");
  if (!code || code->text != library_->code)
    return fail(ec::misconfigured,
                "the server holds another library under the name "
                  + library_->name + "; somebody has changed it, remove it");
  step_ = step::probe;
  return progress::next;
}

function_setup::progress function_setup::on_load(const reply& x) {
  if (!x.is_error()) {
    loaded_ = true;
    step_ = step::probe;
    return progress::next;
  }
  auto error = classify(x.text);
  if (error.kind == server_error_kind::library_exists) {
    // Somebody else was faster; look at what they brought.
    step_ = step::list_again;
    return progress::next;
  }
  if (error.kind == server_error_kind::noperm)
    return fail(
      ec::misconfigured,
      "the function library " + library_->name
        + " is not in the server and the account lacks the permission "
          "+function|load to bring it");
  return fail(x);
}

function_setup::progress function_setup::on_probe(const reply& x) {
  if (x.is_error()) {
    auto error = classify(x.text);
    if (error.kind == server_error_kind::function_missing
        && settings_.functions == function_loading::load && !loaded_) {
      step_ = step::load;
      return progress::next;
    }
    if (error.kind == server_error_kind::noperm && error.denied_command.empty())
      return fail(ec::misconfigured,
                  "the account has no permission for the keys that begin with "
                  "the option key_prefix");
    return fail(x);
  }
  if (x.text == "OK")
    return progress::done;
  if (auto command = command_after("DENIED ", x.text); !command.empty())
    return fail(ec::misconfigured,
                "the account lacks the permission +" + command
                  + " on keys that begin with the option key_prefix");
  if (auto command = command_after("MISSING ", x.text); !command.empty())
    return fail(ec::misconfigured, "the server has no command " + command
                                     + ", which the chosen layout needs; set "
                                       "the option layout to auto");
  return fail(ec::misconfigured, "the functions' self-test failed");
}

function_setup::progress function_setup::fail(const reply& x) {
  failure_ = to_error(classify(x.text));
  return progress::failed;
}

function_setup::progress function_setup::fail(ec code, std::string text) {
  failure_ = caf::make_error(code, std::move(text));
  return progress::failed;
}

} // namespace obol::internal
