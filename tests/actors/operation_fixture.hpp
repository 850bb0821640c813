#pragma once

#include "obol/function_library.hpp"
#include "obol/internal/operation.hpp"
#include "obol/internal/store_context.hpp"
#include "obol/message_inspect.hpp"
#include "obol/session_commands.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace obol::test {

/// Operations with replies made by hand: no connection, no pool.
class OperationTest : public testing::Test {
protected:
  using step = internal::operation::step;

  static constexpr std::int64_t server_ms = 1'795'000'000'000;
  static constexpr unix_seconds server_now = server_ms / 1000;

  /// This machine believes what the server says.
  struct machine_clock final : internal::clock {
    internal::instant now() const override {
      return internal::instant{} + std::chrono::hours{1};
    }

    std::int64_t unix_ms() const override {
      return server_ms;
    }
  };

  OperationTest() {
    context_.env.clock = std::make_shared<machine_clock>();
    sealing_options sealing;
    sealing.keys
      = key_ring::of(std::move(*signing_key::from_bytes(std::string(32, 'k'))));
    sealer_ = std::make_unique<session_sealer>(
      std::move(*session_sealer::make(std::move(sealing))));
    context_.server_time.measure(server_ms, now_, now_);
  }

  /// A session that lives, sealed by our key.
  std::string sealed(const session& x) {
    return std::move(*sealer_->seal(x));
  }

  session example(std::string id = "sid") {
    session x;
    x.id = std::move(id);
    x.user_id = 426;
    x.created_at = server_now - 100;
    x.refreshed_at = server_now - 100;
    x.refresh_expires_at = server_now + 1'000;
    x.refresh_token_id = "token";
    x.lock_version = 3;
    return x;
  }

  internal::operation::verdict reply_to(internal::operation& what, reply x) {
    auto how = execution();
    how.text = x.text;
    return what.on_reply(x, how);
  }

  internal::operation::verdict lose(internal::operation& what,
                                    bool may_be_sent) {
    auto how = execution();
    return what.on_lost(may_be_sent, how);
  }

  /// What is sent for it.
  std::string request_of(internal::operation& what) {
    std::string result;
    auto how = execution();
    EXPECT_FALSE(what.put_request(result, how));
    return result;
  }

  internal::execution execution() {
    return {context_, sealer_.get(), &commands_, now_};
  }

  internal::store_context context_;
  session_commands commands_{keyspace{"charon_", layout::hash_field_expiry},
                             "obol_0123", write_guard::exactly_once};
  std::unique_ptr<session_sealer> sealer_;
  internal::instant now_ = internal::instant{} + std::chrono::hours{1};
  internal::instant deadline_ = now_ + std::chrono::seconds{2};
};

/// The value in a message to the requester; fails the test if there is another.
template <class T>
T answered(const internal::answer_ptr& x) {
  if (auto* value = internal::value_in<T>(x))
    return *value;
  ADD_FAILURE() << "the answer is of another type";
  return T{};
}

template <class T>
T answered(const internal::operation::verdict& x) {
  EXPECT_EQ(x.step, internal::operation::step::answer);
  return answered<T>(x.answer);
}

/// The error in it.
inline caf::error failure(const internal::answer_ptr& x) {
  return answered<caf::error>(x);
}

inline caf::error failure(const internal::operation::verdict& x) {
  return answered<caf::error>(x);
}

inline std::optional<ec> code(const internal::operation::verdict& x) {
  return code_of(failure(x));
}

inline std::optional<ec> code(const internal::answer_ptr& x) {
  return code_of(failure(x));
}

} // namespace obol::test
