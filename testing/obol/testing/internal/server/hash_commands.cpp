#include "obol/testing/internal/server/command.hpp"

namespace obol::testing::internal {

namespace {

/// The hash under a key, a new one if there is none, or null after answering
/// that something else is there.
hash* find_or_create(command_call& x, std::string_view key) {
  hash* fields = nullptr;
  if (!x.find(key, fields) || fields)
    return fields;
  return &std::get<hash>(x.data().put(key, {hash{}}).content);
}

void reply_field(command_call& x, const hash* fields, std::string_view name) {
  auto* found = fields ? fields->find(name) : nullptr;
  if (found)
    x.reply.bulk(found->value);
  else
    x.reply.nil();
}

/// Answers the names, the values or both of all fields.
void reply_all(command_call& x, bool names, bool values) {
  hash* fields = nullptr;
  if (!x.find(x.words[1], fields))
    return;
  if (!fields)
    return x.reply.array(0);
  auto each
    = static_cast<std::size_t>(names) + static_cast<std::size_t>(values);
  x.reply.array(fields->fields().size() * each);
  for (auto& [name, field] : fields->fields()) {
    if (names)
      x.reply.bulk(name);
    if (values)
      x.reply.bulk(field.value);
  }
}

} // namespace

void run_hset(command_call& x) {
  if (x.words.size() % 2 != 0)
    return x.reply.error("ERR wrong number of arguments for 'hset' command");
  auto* fields = find_or_create(x, x.words[1]);
  if (!fields)
    return;
  std::int64_t added = 0;
  for (std::size_t i = 2; i < x.words.size(); i += 2)
    added += fields->set(x.words[i], x.words[i + 1]);
  x.changed();
  x.reply.integer(added);
}

void run_hget(command_call& x) {
  hash* fields = nullptr;
  if (x.find(x.words[1], fields))
    reply_field(x, fields, x.words[2]);
}

void run_hmget(command_call& x) {
  hash* fields = nullptr;
  if (!x.find(x.words[1], fields))
    return;
  auto names = x.words.subspan(2);
  x.reply.array(names.size());
  for (auto name : names)
    reply_field(x, fields, name);
}

void run_hgetall(command_call& x) {
  reply_all(x, true, true);
}

void run_hkeys(command_call& x) {
  reply_all(x, true, false);
}

void run_hvals(command_call& x) {
  reply_all(x, false, true);
}

void run_hexists(command_call& x) {
  hash* fields = nullptr;
  if (x.find(x.words[1], fields))
    x.reply.integer(fields && fields->find(x.words[2]) ? 1 : 0);
}

void run_hdel(command_call& x) {
  hash* fields = nullptr;
  if (!x.find(x.words[1], fields))
    return;
  std::int64_t removed = 0;
  if (fields)
    for (auto name : x.words.subspan(2))
      removed += fields->erase(name);
  if (removed > 0) {
    x.changed();
    if (fields->fields().empty())
      x.data().erase(x.words[1], x.now());
  }
  x.reply.integer(removed);
}

void run_hlen(command_call& x) {
  hash* fields = nullptr;
  if (x.find(x.words[1], fields))
    x.reply.integer(fields ? static_cast<std::int64_t>(fields->fields().size())
                           : 0);
}

} // namespace obol::testing::internal
