#include "support/redis_client.hpp"

#include <hiredis/hiredis.h>

#include <ostream>
#include <stdexcept>

namespace obol::test {

namespace {

redis_reply to_value(const redisReply& raw) {
  redis_reply result;
  switch (raw.type) {
    case REDIS_REPLY_INTEGER:
      result.type = redis_reply::kind::integer;
      result.integer = raw.integer;
      break;
    case REDIS_REPLY_STATUS:
      result.type = redis_reply::kind::status;
      result.text.assign(raw.str, raw.len);
      break;
    case REDIS_REPLY_STRING:
      result.type = redis_reply::kind::text;
      result.text.assign(raw.str, raw.len);
      break;
    case REDIS_REPLY_ERROR:
      result.type = redis_reply::kind::error;
      result.text.assign(raw.str, raw.len);
      break;
    case REDIS_REPLY_ARRAY:
      result.type = redis_reply::kind::array;
      for (std::size_t i = 0; i < raw.elements; ++i)
        result.elements.push_back(to_value(*raw.element[i]));
      break;
    default:
      break;
  }
  return result;
}

} // namespace

std::vector<std::string> redis_reply::texts() const {
  std::vector<std::string> result;
  for (const auto& element : elements)
    result.push_back(element.text);
  return result;
}

std::ostream& operator<<(std::ostream& out, const redis_reply& reply) {
  switch (reply.type) {
    case redis_reply::kind::nil:
      return out << "nil";
    case redis_reply::kind::integer:
      return out << "integer " << reply.integer;
    case redis_reply::kind::status:
      return out << "status " << reply.text;
    case redis_reply::kind::text:
      return out << "text \"" << reply.text << '"';
    case redis_reply::kind::error:
      return out << "error " << reply.text;
    case redis_reply::kind::array:
      break;
  }
  out << '[';
  for (const auto& element : reply.elements)
    out << element << ' ';
  return out << ']';
}

void redis_client::closer::operator()(redisContext* context) const {
  redisFree(context);
}

redis_client::redis_client(const std::string& socket_path) {
  const timeval timeout{answer_timeout_seconds, 0};
  context_.reset(redisConnectUnixWithTimeout(socket_path.c_str(), timeout));
  if (!context_ || context_->err)
    throw std::runtime_error("no connection to the server at " + socket_path);
  redisSetTimeout(context_.get(), timeout);
}

redis_reply redis_client::command(const std::vector<std::string>& arguments) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const auto& argument : arguments) {
    texts.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  std::unique_ptr<void, void (*)(void*)> raw{
    redisCommandArgv(context_.get(), static_cast<int>(texts.size()),
                     texts.data(), sizes.data()),
    freeReplyObject};
  if (!raw)
    throw std::runtime_error(std::string{"no answer from the server: "}
                             + context_->errstr);
  return to_value(*static_cast<const redisReply*>(raw.get()));
}

} // namespace obol::test
