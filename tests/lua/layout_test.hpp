#pragma once

#include "obol/function_library.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "support/server.hpp"

namespace obol::test {

/// A layout on a server: what every function test runs on.
struct layout_case {
  std::string server;
  /// `hash_field_expiry` or `three_set`.
  std::string layout;

  friend std::ostream& operator<<(std::ostream& out, const layout_case& value) {
    return out << value.layout << " on " << value.server;
  }
};

std::string
layout_test_name(const testing::TestParamInfo<layout_case>& parameter);

/// Every layout on every server of a complete run that can have it.
std::vector<layout_case> all_layouts();

/// An operation id made of one repeated digit.
std::string op(char digit);

/// What a store tells an upsert.
struct write_call {
  std::string id;
  std::int64_t new_lock = 1;
  std::string session;
  std::int64_t expiry = 0;
  std::string operation;
  std::int64_t deadline_ms = 0;
};

/// The field of the layout `hash_field_expiry` that remembers a version.
std::string slot_field(const std::string& id, std::int64_t version);

/// The numeric lock a deleted session leaves.
inline constexpr std::string_view tombstone = "9007199254740991";

/// Starts a server, loads the library of the layout, and calls its functions on
/// the keys of user `u`, type `full`, prefix `p`.
class LayoutTest : public testing::TestWithParam<layout_case> {
protected:
  void SetUp() override;

  bool is_hash() const {
    return GetParam().layout == "hash_field_expiry";
  }
  const function_library& library() const;

  /// KEYS of every function.
  std::vector<std::string> keys() const;

  redis_reply call(std::string_view function,
                   std::vector<std::string> arguments);
  /// The FCALL that `call()` sends.
  std::vector<std::string>
  fcall(std::string_view function,
        const std::vector<std::string>& arguments) const;

  /// ARGV of an upsert, by the head of the layout's library.
  std::vector<std::string> arguments_of(const write_call& x) const;

  /// A write with time enough, of a session that lives long.
  redis_reply upsert(const std::string& id, std::int64_t new_lock,
                     const std::string& operation,
                     const std::string& session = "session");
  redis_reply upsert_until(const std::string& id, std::int64_t new_lock,
                           const std::string& operation, std::int64_t expiry,
                           const std::string& session = "session");
  redis_reply upsert_charon(const std::string& id, std::int64_t new_lock,
                            const std::string& session = "session");
  redis_reply resolve(const std::string& id, std::int64_t new_lock,
                      const std::string& operation, std::int64_t deadline_ms);

  /// The server's clock.
  std::int64_t now();
  std::int64_t now_ms();

  /// What is stored for an id; nil if nothing is.
  redis_reply stored_session(const std::string& id);
  redis_reply stored_lock(const std::string& id);
  /// `;<version>:<operation id>` of each write the ring holds, newest first.
  redis_reply stored_ring(const std::string& id);
  /// Writes a lock as no function does.
  void plant_lock(const std::string& id, const std::string& text);
  /// Writes the ring, where it has slots every one of them, as no function
  /// does.
  void plant_ring(const std::string& id, const std::string& text);
  /// Forgets the write ring of an id.
  void drop_ring(const std::string& id);
  /// When the lock of an id expires, in Unix milliseconds.
  std::int64_t lock_expires_at_ms(const std::string& id);

  /// Everything on the server with every expiry, to compare.
  std::map<std::string, std::string> contents();

  std::unique_ptr<server> target;
};

/// Loads a library, and throws when the server refuses it.
void load(server& target, const function_library& library);

/// Everything on the server with every absolute expiry: key to type, expiry and
/// content in a fixed order.
std::map<std::string, std::string> contents_of(server& target);

} // namespace obol::test
