#include "obol/testing/internal/server/command.hpp"

#include <algorithm>

namespace obol::testing::internal {

namespace {

constexpr std::string_view wrong_password
  = "WRONGPASS invalid username-password pair or user is disabled.";

bool is_client_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return c >= '!' && c <= '~'; });
}

void reply_client_name_error(command_call& x) {
  x.reply.error("ERR Client names cannot contain spaces, newlines or special "
                "characters.");
}

/// Whether the password is the default user's, the only one there is.
bool authenticate(command_call& x, std::string_view user,
                  std::string_view password) {
  auto& expected = x.run.server.password;
  if (user != "default" || (!expected.empty() && password != expected))
    return false;
  x.run.who.authenticated = true;
  return true;
}

void reply_modules(command_call& x) {
  if (x.kind() == server_kind::redis_7)
    return x.reply.array(0);
  auto valkey = x.kind() == server_kind::valkey_9;
  x.reply.array(1);
  x.reply.array(8);
  x.reply.bulk("name");
  x.reply.bulk(valkey ? "lua" : "vectorset");
  x.reply.bulk("ver");
  x.reply.integer(1);
  x.reply.bulk("path");
  x.reply.bulk(valkey ? "lua" : "");
  x.reply.bulk("args");
  x.reply.array(0);
}

void reply_hello(command_call& x) {
  x.reply.array(14);
  x.reply.bulk("server");
  x.reply.bulk(program_name(x.kind()));
  x.reply.bulk("version");
  x.reply.bulk(program_version(x.kind()));
  x.reply.bulk("proto");
  x.reply.integer(2);
  x.reply.bulk("id");
  x.reply.integer(x.run.who.id);
  x.reply.bulk("mode");
  x.reply.bulk("standalone");
  x.reply.bulk("role");
  x.reply.bulk(x.run.server.conditions.read_only ? "replica" : "master");
  x.reply.bulk("modules");
  reply_modules(x);
}

/// What HELLO is given; `name` is null if it is not.
struct hello_options {
  const std::string_view* user = nullptr;
  const std::string_view* name = nullptr;
};

bool read_options(command_call& x, hello_options& out) {
  for (std::size_t i = 2; i < x.words.size(); ++i) {
    auto more = x.words.size() - 1 - i;
    if (same_ignoring_case(x.words[i], "AUTH") && more >= 2) {
      out.user = &x.words[i + 1];
      i += 2;
    } else if (same_ignoring_case(x.words[i], "SETNAME") && more >= 1) {
      out.name = &x.words[i + 1];
      if (!is_client_name(*out.name)) {
        reply_client_name_error(x);
        return false;
      }
      ++i;
    } else {
      std::string text{"ERR Syntax error in HELLO option '"};
      x.reply.error(text.append(x.words[i]).append("'"));
      return false;
    }
  }
  return true;
}

} // namespace

void run_hello(command_call& x) {
  if (x.words.size() > 1) {
    std::int64_t version = 0;
    if (!parse_integer(x.words[1], version))
      return x.reply.error(
        "ERR Protocol version is not an integer or out of range");
    // The third version of the protocol is not simulated.
    if (version != 2)
      return x.reply.error("NOPROTO unsupported protocol version");
  }
  hello_options options;
  if (!read_options(x, options))
    return;
  if (options.user && !authenticate(x, options.user[0], options.user[1]))
    return x.reply.error(wrong_password);
  if (!x.run.who.authenticated)
    return x.reply.error(
      x.kind() == server_kind::redis_7
        ? "NOAUTH HELLO must be called with the client already authenticated, "
          "otherwise the HELLO AUTH <user> <pass> option can be used to "
          "authenticate the client and select the RESP protocol version at the "
          "same time"
        : "NOAUTH HELLO must be called with the client already authenticated, "
          "otherwise the HELLO <proto> AUTH <user> <pass> option can be used "
          "to authenticate the client and select the RESP protocol version at "
          "the same time");
  if (options.name)
    x.run.who.client_name = *options.name;
  reply_hello(x);
}

void run_auth(command_call& x) {
  if (x.words.size() > 3)
    return x.reply_syntax_error();
  if (x.words.size() == 2 && x.run.server.password.empty())
    return x.reply.error(
      "ERR AUTH <password> called without any password configured for the "
      "default user. Are you sure your configuration is correct?");
  auto user = x.words.size() == 3 ? x.words[1] : "default";
  if (!authenticate(x, user, x.words.back()))
    return x.reply.error(wrong_password);
  x.reply.ok();
}

void run_quit(command_call& x) {
  x.run.who.close = true;
  x.reply.ok();
}

void run_select(command_call& x) {
  std::int64_t number = 0;
  if (!x.read(x.words[1], number))
    return;
  if (number < 0 || number >= static_cast<std::int64_t>(dataset::size))
    return x.reply.error("ERR DB index is out of range");
  x.database_number = static_cast<std::size_t>(number);
  x.reply.ok();
}

void run_ping(command_call& x) {
  if (x.words.size() > 2)
    return x.reply.error("ERR wrong number of arguments for 'ping' command");
  if (x.words.size() == 2)
    return x.reply.bulk(x.words[1]);
  x.reply.status("PONG");
}

void run_echo(command_call& x) {
  x.reply.bulk(x.words[1]);
}

void run_time(command_call& x) {
  constexpr std::int64_t second = 1'000'000;
  x.reply.array(2);
  x.reply.bulk(number_text{x.run.unix_us / second}.view());
  x.reply.bulk(number_text{x.run.unix_us % second}.view());
}

void run_role(command_call& x) {
  if (x.run.server.conditions.read_only) {
    x.reply.array(5);
    x.reply.bulk("slave");
    x.reply.bulk("127.0.0.1");
    x.reply.integer(6379);
    x.reply.bulk("connected");
    return x.reply.integer(0);
  }
  x.reply.array(3);
  x.reply.bulk("master");
  x.reply.integer(0);
  x.reply.array(0);
}

void run_client_setname(command_call& x) {
  if (!is_client_name(x.words[2]))
    return reply_client_name_error(x);
  x.run.who.client_name = x.words[2];
  x.reply.ok();
}

void run_client_getname(command_call& x) {
  if (x.run.who.client_name.empty())
    return x.reply.nil();
  x.reply.bulk(x.run.who.client_name);
}

void run_client_id(command_call& x) {
  x.reply.integer(x.run.who.id);
}

void run_command_info(command_call& x) {
  // Flags, categories, tips, places of keys and parts stay empty: they say
  // nothing that decides whether a command can be used.
  auto names = x.words.subspan(2);
  x.reply.array(names.size());
  for (auto& name : names) {
    auto* entry = find_command(x.kind(), {&name, 1}).entry;
    if (!entry) {
      x.reply.nil();
      continue;
    }
    x.reply.array(10);
    x.reply.bulk(entry->name);
    x.reply.integer(entry->arity);
    x.reply.array(0);
    x.reply.integer(entry->first_key);
    x.reply.integer(entry->last_key);
    x.reply.integer(entry->first_key == 0 ? 0 : 1);
    for (int i = 0; i < 4; ++i)
      x.reply.array(0);
  }
}

} // namespace obol::testing::internal
