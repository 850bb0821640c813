#include "bench/raw_link.hpp"

#include <vector>

namespace obol::bench {

namespace {

redisContext* connect(const endpoint& where) {
  if (where.tls)
    throw bench_failure{"the benchmark does not speak TLS"};
  return where.kind == endpoint::kind::unix_socket
           ? redisConnectUnix(where.path.c_str())
           : redisConnect(where.host.c_str(), where.port);
}

[[noreturn]] void fail(const redisContext* context) {
  throw bench_failure{std::string{"the benchmark's own connection: "}
                      + (context ? context->errstr : "no memory")};
}

} // namespace

raw_link::raw_link(const options& settings)
  : context_(connect(settings.endpoint)) {
  if (!context_ || context_->err)
    fail(context_.get());
  if (!settings.password.empty()) {
    auto user = settings.username.empty() ? "default" : settings.username;
    ask({"AUTH", user, settings.password.reveal()});
  }
  if (settings.database != 0)
    ask({"SELECT", std::to_string(settings.database)});
}

void raw_link::append(const std::string& command) {
  if (redisAppendFormattedCommand(context_.get(), command.data(),
                                  command.size())
      != REDIS_OK)
    fail(context_.get());
}

void raw_link::flush() {
  for (int done = 0; done == 0;)
    if (redisBufferWrite(context_.get(), &done) != REDIS_OK)
      fail(context_.get());
}

raw_reply raw_link::next() {
  void* reply = nullptr;
  if (redisGetReply(context_.get(), &reply) != REDIS_OK)
    fail(context_.get());
  return raw_reply{static_cast<redisReply*>(reply)};
}

void raw_link::read() {
  if (redisBufferRead(context_.get()) != REDIS_OK)
    fail(context_.get());
}

raw_reply raw_link::next_read() {
  void* reply = nullptr;
  if (redisGetReplyFromReader(context_.get(), &reply) != REDIS_OK)
    fail(context_.get());
  return raw_reply{static_cast<redisReply*>(reply)};
}

raw_reply raw_link::ask(std::initializer_list<std::string_view> words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (auto x : words) {
    texts.push_back(x.data());
    sizes.push_back(x.size());
  }
  redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()),
                         texts.data(), sizes.data());
  auto result = next();
  // Error texts may repeat what was sent: only the command is named.
  if (result->type == REDIS_REPLY_ERROR)
    throw bench_failure{"the server refuses " + std::string{*words.begin()}};
  return result;
}

} // namespace obol::bench
