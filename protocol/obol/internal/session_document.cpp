#include "obol/internal/session_document.hpp"

#include "obol/etf/writer.hpp"
#include "obol/internal/errors.hpp"
#include "obol/internal/extra_payload_access.hpp"
#include "obol/internal/json_term.hpp"

#include <algorithm>
#include <array>

namespace obol::internal {

namespace {

/// Every field a document may have.
constexpr std::array<std::string_view, 13> field_names{
  "id",
  "user_id",
  "type",
  "created_at",
  "refreshed_at",
  "refresh_expires_at",
  "expires_at",
  "refresh_token_id",
  "tokens_fresh_from",
  "prev_tokens_fresh_from",
  "lock_version",
  "extra_payload",
  "version",
};

caf::error field_error(std::string_view name, std::string_view rule) {
  std::string text{name};
  text += ": ";
  text += rule;
  return invalid_argument(std::move(text));
}

// -- writing ------------------------------------------------------------------

/// Appends fields to an object; remembers the first that JSON cannot express.
class document_writer {
public:
  void put(std::string_view name, std::int64_t value) {
    begin(name);
    text_ += std::to_string(value);
  }

  void put(std::string_view name, std::string_view value) {
    begin(name);
    if (!append_json_string(text_, value))
      fail(name, "must be UTF-8 in JSON");
  }

  void put(std::string_view name, const user_id& value) {
    if (auto* number = value.integer())
      put(name, *number);
    else if (auto* bytes = value.string())
      put(name, std::string_view{*bytes});
    else
      fail(name, "must fit 64 bits in JSON");
  }

  void put(std::string_view name, const extra_payload& value) {
    begin(name);
    auto json = value.to_json();
    if (json)
      text_ += *json;
    else
      fail(name, "holds what JSON cannot say, or too many values");
  }

  caf::expected<std::string> finish() {
    if (error_)
      return std::move(error_);
    text_ += '}';
    return std::move(text_);
  }

private:
  void begin(std::string_view name) {
    text_ += text_.empty() ? '{' : ',';
    text_ += '"';
    text_ += name;
    text_ += "\":";
  }

  void fail(std::string_view name, std::string_view rule) {
    if (!error_)
      error_ = field_error(name, rule);
  }

  std::string text_;
  caf::error error_;
};

// -- reading ------------------------------------------------------------------

/// Takes fields out of an object; remembers the first that is wrong.
class document_reader {
public:
  document_reader(const etf::map& fields, document_rule rule)
    : fields_(fields), rule_(rule) {
  }

  void get(std::string_view name, std::int64_t& result, bool essential) {
    auto* value = find(name, essential);
    if (!value)
      return;
    if (auto* number = value->get_if<std::int64_t>())
      result = *number;
    else
      fail(name, "must be an integer of 64 bits");
  }

  void get(std::string_view name, std::string& result, bool essential) {
    auto* value = find(name, essential);
    if (!value)
      return;
    if (auto* bytes = value->get_if<etf::binary>())
      result = bytes->bytes;
    else
      fail(name, "must be a string");
  }

  void get(std::string_view name, user_id& result) {
    auto* value = find(name, true);
    if (!value)
      return;
    if (auto* number = value->get_if<std::int64_t>())
      result = *number;
    else if (auto* bytes = value->get_if<etf::binary>())
      result = bytes->bytes;
    else
      fail(name, "must be an integer of 64 bits or a string");
  }

  void get(std::string_view name, std::optional<unix_seconds>& result) {
    auto* value = find(name, false);
    if (!value)
      return;
    auto* bytes = value->get_if<etf::binary>();
    if (auto* number = value->get_if<std::int64_t>())
      result = *number;
    else if (bytes && bytes->bytes == "infinite")
      result.reset();
    else
      fail(name, "must be an integer or \"infinite\"");
  }

  void get(std::string_view name, extra_payload& result) {
    auto* value = find(name, false);
    if (!value)
      return;
    std::string bytes;
    if (!value->get_if<etf::map>())
      fail(name, "must be an object");
    else if (etf::append_bare(bytes, *value))
      fail(name, "must keep within the limits");
    else
      result = extra_payload_access::adopt(std::move(bytes));
  }

  caf::error take_error() {
    return std::move(error_);
  }

private:
  const etf::term* find(std::string_view name, bool essential) {
    auto* value = fields_.find(etf::term{std::string{name}});
    if (!value && (essential || rule_ == document_rule::every_field))
      fail(name, "is missing");
    return value;
  }

  void fail(std::string_view name, std::string_view rule) {
    if (!error_)
      error_ = field_error(name, rule);
  }

  const etf::map& fields_;
  document_rule rule_;
  caf::error error_;
};

bool is_field(const etf::map::pair& x) {
  auto* name = x.first.get_if<etf::binary>();
  return name
         && std::find(field_names.begin(), field_names.end(), name->bytes)
              != field_names.end();
}

} // namespace

caf::expected<std::string> write_document(const session& x, bool with_payload) {
  document_writer out;
  out.put("id", std::string_view{x.id});
  out.put("user_id", x.user_id);
  out.put("type", std::string_view{x.type});
  out.put("created_at", x.created_at);
  out.put("refreshed_at", x.refreshed_at);
  out.put("refresh_expires_at", x.refresh_expires_at);
  if (x.expires_at)
    out.put("expires_at", *x.expires_at);
  else
    out.put("expires_at", std::string_view{"infinite"});
  out.put("refresh_token_id", std::string_view{x.refresh_token_id});
  out.put("tokens_fresh_from", x.tokens_fresh_from);
  out.put("prev_tokens_fresh_from", x.prev_tokens_fresh_from);
  out.put("lock_version", x.lock_version);
  if (with_payload)
    out.put("extra_payload", x.extra_payload);
  out.put("version", x.version);
  return out.finish();
}

caf::expected<session> read_document(std::string_view text,
                                     document_rule rule) {
  auto document = term_of_json(text, max_json_depth);
  auto* fields = document ? document->get_if<etf::map>() : nullptr;
  if (!fields)
    return invalid_argument("session: must be one JSON object within the "
                            "limits, without a field twice");
  if (!std::all_of(fields->pairs().begin(), fields->pairs().end(), is_field))
    return invalid_argument("session: has a field that no session has");
  document_reader in{*fields, rule};
  session result;
  in.get("id", result.id, true);
  in.get("user_id", result.user_id);
  in.get("type", result.type, false);
  in.get("created_at", result.created_at, false);
  in.get("refreshed_at", result.refreshed_at, false);
  in.get("refresh_expires_at", result.refresh_expires_at, true);
  in.get("expires_at", result.expires_at);
  in.get("refresh_token_id", result.refresh_token_id, false);
  in.get("tokens_fresh_from", result.tokens_fresh_from, false);
  in.get("prev_tokens_fresh_from", result.prev_tokens_fresh_from, false);
  in.get("lock_version", result.lock_version, false);
  in.get("extra_payload", result.extra_payload);
  in.get("version", result.version, false);
  if (auto error = in.take_error())
    return error;
  return result;
}

} // namespace obol::internal
