#include "support_actors/model_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace obol::test {

namespace {

constexpr std::int64_t tombstone = 9'007'199'254'740'991;

constexpr std::size_t ring_size = 4;

/// `obol_` and 16 hex digits.
constexpr std::size_t library_name_size = 21;

std::optional<std::string> writer_of(const model_server::record& x,
                                     std::int64_t version) {
  for (auto& [written, operation] : x.ring)
    if (written == version)
      return operation;
  return std::nullopt;
}

std::string behind_colon(const std::string& argument) {
  return argument.substr(argument.find(':') + 1);
}

} // namespace

std::string function_of(const fake_redis::arguments& request) {
  if (request.size() < 3 || request[0] != "FCALL"
      || request[1].size() <= library_name_size)
    return {};
  return request[1].substr(library_name_size + 1);
}

model_server::model_server(std::function<std::int64_t()> unix_ms)
  : unix_ms_(std::move(unix_ms)) {
}

std::string model_server::answer(const arguments& request) {
  if (instead)
    if (auto reply = instead(request))
      return *reply;
  const auto& command = request.at(0);
  if (command == "HELLO")
    return hello();
  if (command == "TIME")
    return time();
  if (command == "PING")
    return resp::simple("PONG");
  if (command == "FUNCTION" && request.at(1) == "LIST")
    return list(request.at(3));
  if (command == "FUNCTION" && request.at(1) == "LOAD")
    return load(request.at(2));
  if (command == "HGET")
    return get(request.at(1), request.at(2));
  if (command == "HGETALL")
    return get_all(request.at(1));
  if (command == "FCALL")
    return call(request);
  ADD_FAILURE() << "the model does not know " << command;
  return resp::error("ERR unknown command");
}

// -- the server ---------------------------------------------------------------

std::string model_server::hello() const {
  return resp::array({resp::bulk("server"), resp::bulk(name),
                      resp::bulk("version"), resp::bulk(version),
                      resp::bulk("proto"), resp::integer(2), resp::bulk("mode"),
                      resp::bulk("standalone"), resp::bulk("role"),
                      resp::bulk(role)});
}

std::string model_server::time() const {
  auto now = unix_ms_();
  return resp::array({resp::bulk(std::to_string(now / 1000)),
                      resp::bulk(std::to_string(now % 1000 * 1000))});
}

std::string model_server::list(const std::string& library) const {
  auto found = libraries.find(library);
  if (found == libraries.end())
    return resp::array({});
  return resp::array(
    {resp::array({resp::bulk("library_name"), resp::bulk(found->first),
                  resp::bulk("library_code"), resp::bulk(found->second)})});
}

std::string model_server::load(const std::string& code) {
  auto library
    = code.substr(std::string_view{"#!lua name="}.size(), library_name_size);
  if (!libraries.emplace(library, code).second)
    return resp::error("ERR Library '" + library + "' already exists");
  ++loads;
  return resp::bulk(library);
}

// -- sessions -----------------------------------------------------------------

std::string model_server::get(const std::string& key, const std::string& id) {
  auto& set = sets[key];
  auto found = set.find(id);
  return found == set.end() || found->second.stored.empty()
           ? resp::nil()
           : resp::bulk(found->second.stored);
}

std::string model_server::get_all(const std::string& key) {
  std::vector<std::string> elements;
  for (auto& [id, x] : sets[key]) {
    elements.push_back(resp::bulk("l." + id));
    elements.push_back(resp::bulk(std::to_string(x.lock)));
    if (x.stored.empty())
      continue;
    elements.push_back(resp::bulk(id));
    elements.push_back(resp::bulk(x.stored));
  }
  return resp::array(elements);
}

std::string model_server::call(const arguments& request) {
  if (libraries.count(request.at(1).substr(0, library_name_size)) == 0)
    return resp::error("ERR Function not found");
  auto function = function_of(request);
  const auto& key = request.at(3);
  arguments argv{request.begin() + 4, request.end()};
  if (function == "probe")
    return resp::bulk("OK");
  if (function == "upsert")
    return upsert(key, argv);
  if (function == "delete")
    return remove(key, argv.at(0));
  if (function == "delete_all")
    return remove_all(key);
  if (function == "resolve")
    return resolve(key, argv);
  ADD_FAILURE() << "the model has no function " << function;
  return resp::error("ERR Function not found");
}

std::string model_server::upsert(const std::string& key,
                                 const arguments& argv) {
  auto now = unix_ms_();
  auto operation = behind_colon(argv.at(4));
  if (now > std::stoll(behind_colon(argv.at(5))))
    return resp::bulk("LATE " + std::to_string(now));
  auto wanted = std::stoll(argv.at(1));
  auto& set = sets[key];
  auto found = set.find(argv.at(0));
  if (found == set.end() && wanted > 1)
    return resp::bulk("GONE");
  if (found != set.end()) {
    auto& old = found->second;
    if (old.lock == tombstone)
      return resp::bulk("GONE");
    if (old.lock + 1 < wanted)
      return resp::bulk("CONFLICT");
    if (old.lock >= wanted) {
      auto writer = writer_of(old, wanted);
      if (!writer)
        return resp::bulk("OLD");
      return resp::bulk(*writer == operation ? "DUP" : "CONFLICT");
    }
  }
  if (std::stoll(argv.at(3)) <= now / 1000)
    return resp::bulk("EXPIRED");
  auto& x = set[argv.at(0)];
  x.stored = argv.at(2);
  x.lock = wanted;
  x.ring.insert(x.ring.begin(), {wanted, operation});
  x.ring.resize(std::min(x.ring.size(), ring_size));
  ++writes;
  return resp::bulk("OK");
}

std::string model_server::remove(const std::string& key,
                                 const std::string& id) {
  auto& x = sets[key][id];
  auto present = !x.stored.empty();
  x = {"", tombstone, {}};
  return resp::integer(present ? 1 : 0);
}

std::string model_server::remove_all(const std::string& key) {
  std::int64_t count = 0;
  for (auto& [id, x] : sets[key]) {
    count += x.stored.empty() ? 0 : 1;
    x = {"", tombstone, {}};
  }
  return resp::integer(count);
}

std::string model_server::resolve(const std::string& key,
                                  const arguments& argv) {
  if (unix_ms_() <= std::stoll(argv.at(3)))
    return resp::bulk("PENDING");
  auto wanted = std::stoll(argv.at(1));
  auto& set = sets[key];
  auto found = set.find(argv.at(0));
  if (found == set.end())
    return resp::bulk(wanted == 1 ? "NOT_APPLIED" : "UNKNOWN");
  auto& x = found->second;
  if (x.lock == tombstone)
    return resp::bulk("UNKNOWN");
  if (x.lock < wanted)
    return resp::bulk("NOT_APPLIED");
  auto writer = writer_of(x, wanted);
  if (!writer)
    return resp::bulk("UNKNOWN");
  return resp::bulk(*writer == argv.at(2) ? "APPLIED" : "NOT_APPLIED");
}

} // namespace obol::test
