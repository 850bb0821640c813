#include "yardstick.hpp"

#include <memory>
#include <stdexcept>

#include <hiredis/hiredis.h>

namespace obol::bench {

namespace {

using clock = std::chrono::steady_clock;

struct closer {
  void operator()(redisContext* x) const {
    redisFree(x);
  }
};

std::unique_ptr<redisContext, closer> connect(const endpoint& where) {
  auto* context = where.kind == endpoint::kind::unix_socket
                    ? redisConnectUnix(where.path.c_str())
                    : redisConnect(where.host.c_str(), where.port);
  if (!context || context->err)
    throw std::runtime_error("the yardstick cannot connect");
  return std::unique_ptr<redisContext, closer>{context};
}

} // namespace

result run_yardstick(const endpoint& where, std::size_t depth,
                     const std::function<command()>& next,
                     std::chrono::milliseconds duration) {
  auto context = connect(where);
  latencies samples;
  auto begin = clock::now();
  while (clock::now() - begin < duration) {
    auto asked = clock::now();
    for (std::size_t i = 0; i < depth; ++i) {
      auto one = next();
      redisAppendFormattedCommand(context.get(), one.bytes().data(),
                                  one.bytes().size());
    }
    for (std::size_t i = 0; i < depth; ++i) {
      void* reply = nullptr;
      if (redisGetReply(context.get(), &reply) != REDIS_OK)
        throw std::runtime_error("the yardstick lost its connection");
      auto failed = static_cast<redisReply*>(reply)->type == REDIS_REPLY_ERROR;
      freeReplyObject(reply);
      if (failed)
        samples.fail();
      else
        samples.add(clock::now() - asked);
    }
  }
  return samples.over(clock::now() - begin);
}

} // namespace obol::bench
