#include "obol/reply.hpp"

namespace obol {

namespace {

reply text_reply(enum reply::kind kind, std::string text) {
  reply result;
  result.kind = kind;
  result.text = std::move(text);
  return result;
}

} // namespace

reply reply::of_nil() {
  return {};
}

reply reply::of_integer(long long value) {
  reply result;
  result.kind = kind::integer;
  result.integer = value;
  return result;
}

reply reply::of_status(std::string text) {
  return text_reply(kind::status, std::move(text));
}

reply reply::of_error(std::string text) {
  return text_reply(kind::error, std::move(text));
}

reply reply::of_bulk(std::string bytes) {
  return text_reply(kind::bulk, std::move(bytes));
}

reply reply::of_array(std::vector<reply> elements) {
  reply result;
  result.kind = kind::array;
  result.elements = std::move(elements);
  return result;
}

std::string to_string(enum reply::kind kind) {
  switch (kind) {
    case reply::kind::nil:
      return "nil";
    case reply::kind::integer:
      return "integer";
    case reply::kind::status:
      return "status";
    case reply::kind::error:
      return "error";
    case reply::kind::bulk:
      return "bulk";
    case reply::kind::array:
      return "array";
  }
  return "?";
}

std::string to_string(const reply& value) {
  auto result = to_string(value.kind);
  switch (value.kind) {
    case reply::kind::nil:
    case reply::kind::integer:
      return result;
    case reply::kind::status:
    case reply::kind::error:
    case reply::kind::bulk:
      return result + "(" + std::to_string(value.text.size()) + " bytes)";
    case reply::kind::array:
      return result + "(" + std::to_string(value.elements.size())
             + " elements)";
  }
  return result;
}

} // namespace obol
